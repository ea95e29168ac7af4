import { readdirSync, readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../src/model/sources.ts';
import { CUSTOM_ENGINES } from '../../src/references/rds-custom-versions.ts';
import { FINDERS } from '../../src/references/registry.ts';
import { answeredPlaces, declaredPlaces, placesOf, placesRead } from './places.ts';

/** Rows of docs/references.md: places that name an image, and which source reads them or why none does. */
const [, section = ''] = readFileSync('docs/references.md', 'utf8').split('## Every place that names an image\n');
const ROWS = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => /^\| `\S+ /.test(line))
  .flatMap((line) => {
    const [places = '', why = ''] = line.split(' | ');
    return [...places.matchAll(/`([^`]+)`/g)].map(([, place = '']) => ({ place, why: why.replace(/ \|$/, '') }));
  });

/** Places that neither a finder reads nor the documentation explains. */
const unexplained = (places: Iterable<string>, isRead: (place: string) => boolean = () => false) =>
  [...places].filter((place) => !isRead(place) && !ROWS.some((row) => fits(row.place, place)));

/** `*` stands for any members before the last. */
function fits(pattern: string, place: string): boolean {
  const [before = '', after] = pattern.split('*');
  return after === undefined ? pattern === place : place.startsWith(before) && place.endsWith(after);
}

/** The source that a row names as the one that reads its places. */
const sourceOf = ({ why }: { readonly why: string }) => SOURCES.find((source) => why.startsWith(`\`${source}\``));

const declared = [...declaredPlaces(loadAwsServiceSpecSync())];

describe('every property of a CloudFormation resource that names an image', () => {
  it('is read, or docs/references.md says why not', () => {
    expect(declared.length).toBeGreaterThan(20);
    expect(unexplained(declared)).toEqual([]);
  });

  it('is read by a source that has a finder', () => {
    const registered = FINDERS.map(({ source }) => source);
    const named = ROWS.flatMap((row) => sourceOf(row) ?? []);
    expect(named.filter((source) => !registered.includes(source))).toEqual([]);
    expect(named).not.toEqual([]);
  });

  it('is missed where AWS adds one', () => {
    const copy = loadAwsServiceSpecSync();
    const [resource] = copy.lookup('resource', 'cloudFormationType', 'equals', 'AWS::Batch::ComputeEnvironment');
    Object.assign(resource?.properties ?? {}, { SpareImageId: { type: { type: 'string' } } });
    expect(unexplained(declaredPlaces(copy))).toEqual(['AWS::Batch::ComputeEnvironment SpareImageId']);
  });
});

describe('every answer of the SDK that names an image', () => {
  it('is read, or docs/references.md says why not', async () => {
    const [places, read] = await Promise.all([answeredPlaces(), placesRead(FINDERS)]);
    expect(read.size).toBeGreaterThan(10);
    expect(unexplained(places, (place) => read.has(place))).toEqual([]);
  });

  it.each(FINDERS.map(({ source }) => source))('is missed without %s, where that reads any', async (source) => {
    const [finder] = FINDERS.filter((one) => one.source === source);
    if (finder === undefined) throw new Error(`no finder for ${source}`);
    const [all, others] = [await placesRead(FINDERS), await placesRead(FINDERS.filter((one) => one !== finder))];
    const places = [...all].filter((place) => !others.has(place));
    expect(unexplained(places)).toEqual(places);
    expect(places.length > 0).toBe(!WITHOUT_PLACES.includes(source));
  });

  it('is missed where AWS adds one', () => {
    const answer = [3, 'com.amazonaws.ec2', 'Answer', 0, ['ImageId', 'SpareImageId'], [0, 0]];
    const operation = [
      9,
      'com.amazonaws.ec2',
      'DescribeImageAttribute',
      0,
      [3, 'com.amazonaws.ec2', 'Input', 0, [], []],
      answer,
    ];
    expect(unexplained(placesOf('ec2', operation))).toEqual(['ec2.DescribeImageAttribute SpareImageId']);
  });
});

/** What reads ids out of texts, and names none in a member of its own. */
const WITHOUT_PLACES: readonly string[] = [
  'beanstalk-environments',
  'cloudformation-stacks',
  'lambda-functions',
  'state-machines',
  'schedules',
  'state-manager-associations',
  'maintenance-windows',
  'ssm-documents',
  'documents',
  'ssm-parameters',
];

it('RDS Custom’s engines are those that the SDK names', () => {
  const folder = 'node_modules/@aws-sdk/client-rds/dist-types/models';
  const texts = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  // What ends in a version is the family of a parameter group.
  const named = texts.flatMap((text) => text.match(/(?<=<code>)custom-[a-z\d-]+(?=<\/code>)/g) ?? []);
  expect([...new Set(named)].filter((name) => !/-\d+$/.test(name)).sort()).toEqual(CUSTOM_ENGINES);
});

it('no row is left of a place that AWS no longer has, or that a finder reads by now', async () => {
  const places = [...declared, ...(await answeredPlaces())];
  const read = await placesRead(FINDERS);
  const stale = ROWS.filter(({ place }) => !places.some((one) => fits(place, one) && !read.has(one)));
  expect(stale.map(({ place }) => place)).toEqual([]);
});
