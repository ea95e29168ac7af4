/**
 * How much of one core deciding takes, and how it grows: `npm run bench:decide [-- IMAGES…]`. Prints figures only.
 * Fifty rules with globs on names and tags, groups, ages and launches; every tenth image is referenced.
 */

import type { Image } from '../src/model/image.ts';
import { evaluate } from '../src/plan/evaluate.ts';
import { decideImages } from '../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage } from '../test/builders/account.ts';
import { aPolicy } from '../test/builders/policy.ts';
import { table } from './bench/print.ts';

const RULES = 50;
const FAMILIES = 500;

function imageOf(number: number): Image {
  // A simple mix of the number, so that neighbors differ in everything.
  const mixed = Math.imul(number, 2_654_435_761) >>> 0;
  const family = mixed % FAMILIES;
  return anImage({
    number,
    name: `family-${family}-${number % 7 === 0 ? 'hotfix' : 'release'}-${number}`,
    state: number % 40 === 0 ? 'disabled' : 'available',
    ageDays: (mixed % 1000) + number / 86_400_000,
    ...(number % 3 === 0 && { lastLaunchedDaysAgo: mixed % 300 }),
    architecture: number % 2 === 0 ? 'arm64' : 'x86_64',
    snapshots: [],
    tags: {
      Family: `family-${family}`,
      Environment: ['prod', 'staging', 'dev', 'test'][number % 4] ?? '',
      Owner: `team-${family % 30}`,
      BuildId: String(number),
    },
  });
}

const rules = Array.from({ length: RULES }, (_, index) => ({
  name: `rule ${index}`,
  select:
    index === RULES - 1
      ? {}
      : { tags: { 'Fam*': `*-${index}?`, Environment: '*' }, name: `family-*-release-*${index % 10}` },
  groupBy: ['tag:Family', 'architecture', 'name:family-{*}-*-*'],
  keep: { newest: 3, youngerThan: '60d', launchedWithin: '90d' },
  deprecate: {},
  deregister: { after: '30d' },
}));
const policy = aPolicy(`protect: { tags: { "Keep*": "*" } }\nrules: ${JSON.stringify(rules)}`);
const sizes = process.argv.slice(2).map(Number);
const rows = (sizes.length > 0 ? sizes : [10_000, 100_000, 1_000_000]).map((count) => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const account = anAccount({
    images: numbers.map(imageOf),
    referenced: numbers.filter((number) => number % 10 === 1),
    sharing: new Map(),
  });
  const started = process.threadCpuUsage();
  const due = decideImages(account, policy, AT).filter(({ decision }) => decision !== 'keep').length;
  const { user, system } = process.threadCpuUsage(started);
  const beforeAll = performance.now();
  evaluate(account, policy, AT);
  const microseconds = user + system;
  return [
    ...[String(count), (microseconds / 1000).toFixed(0), (microseconds / count).toFixed(2)],
    ...[
      (microseconds / (count * Math.log2(count))).toFixed(3),
      (performance.now() - beforeAll).toFixed(0),
      String(due),
    ],
  ];
});
console.log(table(['images', 'decide ms', 'µs/image', 'µs/(image × log2 n)', 'with candidates ms', 'due'], rows));
