/**
 * How much of one core deciding takes, and how it grows: `node scripts/bench-decide.ts [IMAGES…]`. Prints figures only.
 * Fifty rules with globs on names and tags, groups, ages and launches; every tenth image is referenced.
 */

import type { Account } from '../src/model/account.ts';
import { type ImageId, isImageId } from '../src/model/ids.ts';
import type { Image } from '../src/model/image.ts';
import { NO_JOURNAL } from '../src/model/journal.ts';
import type { Policy } from '../src/model/policy.ts';
import { type Reference, SOURCES } from '../src/model/reference.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { decideImages } from '../src/policy/decision/decide-images.ts';
import { parsePolicyObject } from '../src/policy/language/parse.ts';

const AT = new Date('2026-11-21T02:00:00Z');
const DAY = 86_400_000;
const RULES = 50;
const FAMILIES = 500;

function idOf(number: number): ImageId {
  const id = `ami-${number.toString(16).padStart(17, '0')}`;
  if (!isImageId(id)) throw new RangeError(id);
  return id;
}

function imageOf(number: number): Image {
  // A simple mix of the number, so that neighbors differ in everything.
  const mixed = Math.imul(number, 2_654_435_761) >>> 0;
  const family = mixed % FAMILIES;
  return {
    imageId: idOf(number),
    name: `family-${family}-${number % 7 === 0 ? 'hotfix' : 'release'}-${number}`,
    description: 'Built by the pipeline',
    ownerId: '123456789012',
    state: number % 40 === 0 ? 'disabled' : 'available',
    creationDate: new Date(AT.getTime() - (mixed % 1000) * DAY - number),
    ...(number % 3 === 0 && { lastLaunchedTime: new Date(AT.getTime() - (mixed % 300) * DAY) }),
    architecture: number % 2 === 0 ? 'arm64' : 'x86_64',
    platform: 'Linux/UNIX',
    rootDeviceType: 'ebs',
    isPublic: false,
    productCodes: [],
    tags: {
      Family: `family-${family}`,
      Environment: ['prod', 'staging', 'dev', 'test'][number % 4] ?? '',
      Owner: `team-${family % 30}`,
      BuildId: String(number),
    },
    blockDevices: [],
  };
}

function policyOf(): Policy {
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
  const parsed = parsePolicyObject({ version: 1, protect: { tags: { 'Keep*': '*' } }, rules }, 'bench');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

function accountOf(count: number): Account {
  const reference: Reference = { kind: 'ec2:LaunchTemplate', resource: 'lt-0abc', namedBy: [] };
  const images = Array.from({ length: count }, (_, index) => imageOf(index + 1));
  return {
    target: { accountId: '123456789012', region: 'eu-west-1' },
    observedAt: AT,
    images,
    snapshots: [],
    references: {
      images: new Map(images.filter((_, index) => index % 10 === 0).map(({ imageId }) => [imageId, [reference]])),
      snapshots: new Map(),
      dangling: [],
      sources: SOURCES.map((name) => ({ name, status: 'read', references: 1, calls: 1 })),
    },
    inventory: [],
    sharing: new Map(),
    snapshotDetails: new Map(),
    recycleBin: new Map(),
    retentionRules: new Map(),
    journal: NO_JOURNAL,
  };
}

const policy = policyOf();
const sizes = process.argv.slice(2).map(Number);
console.log(`images      rules  decide ms  µs/image  µs/(image × log2 n)  plan ms   due`);
for (const count of sizes.length > 0 ? sizes : [10_000, 100_000, 1_000_000]) {
  const account = accountOf(count);
  const started = process.threadCpuUsage();
  const decisions = decideImages(account, policy, AT);
  const { user, system } = process.threadCpuUsage(started);
  const beforePlan = performance.now();
  makePlan(account, policy, AT);
  const plan = performance.now() - beforePlan;
  const microseconds = user + system;
  const due = decisions.filter(({ decision }) => decision !== 'keep').length;
  const cells = [
    String(count).padEnd(12),
    String(RULES).padEnd(7),
    (microseconds / 1000).toFixed(0).padEnd(11),
    (microseconds / count).toFixed(2).padEnd(10),
    (microseconds / (count * Math.log2(count))).toFixed(3).padEnd(21),
    plan.toFixed(0).padEnd(10),
    String(due),
  ];
  console.log(cells.join(''));
}
