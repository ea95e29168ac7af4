import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import type { Policy } from '../../src/model/policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { withLookups } from '../../src/policy/decision/lookups.ts';
import { ACCOUNT_ID, AT, anAccount, anImage, daysAgo, imageId, TEMPLATE } from '../builders/account.ts';
import { oneRule, policyOf } from '../builders/policy.ts';
import { problemsOf } from '../builders/problems.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const KEEP = 'keep: { youngerThan: 1d }, deprecate: {}';
const policyWith = (lookups: string) =>
  oneRule(KEEP, `references: { lookups: ${lookups} }\nlimits: { stopAbove: "100%" }`);
const by = (images: string, more = '') => policyWith(`[{ name: web base, images: ${images}${more} }]`);

/** The numbers of the images that a lookup references, by what a plan says of them. */
function found(policy: Policy, account: Account): number[] {
  return makePlan(account, policy, AT).decisions.flatMap(({ image, references }) =>
    references.some(({ kind }) => kind === 'lookup') ? [Number.parseInt(image.imageId.slice(4), 16)] : [],
  );
}
const of = (...images: readonly Image[]) => anAccount({ images });

describe('a lookup', () => {
  const images = [
    anImage({ number: 1, name: 'web-1', ageDays: 300, tags: { Env: 'prod' }, virtualizationType: 'hvm' }),
    anImage({ number: 2, name: 'web-2', ageDays: 200, tags: { Env: 'staging' }, virtualizationType: 'hvm' }),
    anImage({ number: 3, name: 'web-33', ageDays: 100, tags: { Env: 'dev' }, virtualizationType: 'paravirtual' }),
    anImage({ number: 4, name: 'api-1', ageDays: 50, tags: { Env: 'prod' }, description: 'the api' }),
    anImage({ number: 5, name: 'other', ageDays: 40, ownerId: '999999999999', ownerAlias: 'aws-marketplace' }),
  ];

  test.each([
    ['{ name: "web-*" }', ', take: all', [1, 2, 3]],
    ['{ name: "web-*" }', '', [3]],
    ['{ name: ["web-1", "api-*"] }', ', take: all', [1, 4]],
    ['{ name: "WEB-*" }', ', mayBeEmpty: true', []],
    ['{ tags: { Env: [prod, "st*"] } }', ', take: all', [1, 2, 4]],
    ['{ tags: { "E*": prod } }', ', mayBeEmpty: true', []],
    ['{ tags: { Env: "*" }, name: "web-*" }', '', [3]],
    ['{ description: "*api*" }', '', [4]],
    ['{ owner: self, name: "*" }', '', [4]],
    ['{ owner: "999999999999", name: "*" }', '', [5]],
    [`{ owner: ["${ACCOUNT_ID}", amazon], name: "*" }`, '', [4]],
    ['{ owner: amazon, name: "*" }', ', mayBeEmpty: true', []],
    ['{ owner: aws-marketplace, name: "*" }', '', [5]],
    ['{ name: ["api-1", "web-??"] }', ', take: all', [1, 2, 3, 4]],
    ['{ tags: { Env: "prod?" } }', ', take: all', [1, 4]],
    // A ? beside texts without one, and every field asked for.
    [
      '{ name: ["api-1", "web-33?"], description: "*", architecture: arm64, virtualizationType: "*", rootDeviceType: ebs }',
      ', take: all',
      [3, 4],
    ],
    ['{ architecture: arm64, name: "web-*" }', '', [3]],
    ['{ architecture: x86_64 }', ', mayBeEmpty: true', []],
    ['{ rootDeviceType: ebs, name: "web-*" }', '', [3]],
    ['{ rootDeviceType: instance-store }', ', mayBeEmpty: true', []],
    // Of the fourth nobody said how it is virtualized: it may be what is found, and hides nothing else.
    ['{ owner: self, virtualizationType: hvm }', '', [2, 4]],
  ])('by %s%s finds %j', (selector, more, expected) => {
    expect(found(by(selector, more), of(...images))).toEqual(expected);
  });

  it('keeps what it finds by a reference of its name, and lets the next newest go', () => {
    const plan = makePlan(of(...images), by('{ name: "web-*" }'), AT);
    expect(plan.decisions.find(({ image }) => image.imageId === imageId(3))).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'referenced', references: 1 }],
      references: [{ kind: 'lookup', resource: 'web base', namedBy: [] }],
    });
    expect(plan.decisions.find(({ image }) => image.imageId === imageId(2))?.decision).toBe('deprecate');
    expect(plan.sources).toContainEqual({ name: 'lookups', status: 'read', references: 1, calls: 0, read: 1 });
  });

  it('may mean one character by ?, or one or none: both newest stay', () => {
    expect(found(by('{ name: "web-3?" }'), of(...images))).toEqual([3]);
    expect(found(by('{ name: "web-??" }'), of(...images.with(0, anImage({ name: 'web-1', ageDays: 2 }))))).toEqual([
      1, 3,
    ]);
  });

  it('takes the place of what it found before, and of nothing else', () => {
    const before = { kind: 'lookup', resource: 'before', namedBy: [] } as const;
    const elsewhere = [
      { ...before, accountId: '999999999999' },
      { ...before, region: 'us-east-1' },
    ];
    const { references, ...rest } = of(...images);
    const earlier = new Map([
      [imageId(1), [TEMPLATE, before]],
      [imageId(2), elsewhere],
      [imageId(3), [before]],
    ]);
    const account = { ...rest, references: { ...references, images: earlier } };
    const seen = withLookups(account, oneRule(KEEP).references, AT).references.images;
    expect([...seen]).toEqual([
      [imageId(1), [TEMPLATE]],
      [imageId(2), elsewhere],
    ]);
  });

  it('is made anew by whatever policy looks at the same account', () => {
    const first = makePlan(of(...images), by('{ name: "api-*" }'), AT);
    const account = { ...of(...images), references: { ...of().references, sources: first.sources } };
    const seen = { ...account, images: first.decisions.map(({ image }) => image) };
    const references = new Map(first.decisions.map((one) => [one.image.imageId, one.references]));
    const again = { ...seen, references: { ...seen.references, images: references } };
    expect(found(by('{ name: "api-*" }'), again)).toEqual([4]);
    expect(found(by('{ name: "web-1" }'), again)).toEqual([1]);
    expect(found(oneRule(KEEP), again)).toEqual([]);
  });
});

describe('the newest', () => {
  const web = (number: number, wish: Parameters<typeof anImage>[0]) => anImage({ number, name: 'web', ...wish });
  test.each([
    ['of one age, all', [web(1, { ageDays: 9 }), web(2, { ageDays: 9 }), web(3, { ageDays: 10 })], [1, 2]],
    ['and one whose age is not known', [web(1, { ageDays: 'unknown' }), web(2, {}), web(3, { ageDays: 200 })], [1, 2]],
    ['not one that is disabled: no lookup sees it', [web(1, { state: 'disabled', ageDays: 2 }), web(2, {})], [2]],
    ['available one too, while it is pending', [web(1, { state: 'pending', ageDays: 0 }), web(2, {})], [1, 2]],
    [
      'that is deprecated, which its owner sees, and the newest that is not, which others and Karpenter take',
      [web(1, { ageDays: 5, deprecationTime: daysAgo(1) }), web(2, { ageDays: 9 }), web(3, {})],
      [1, 2],
    ],
    [
      'and beside one that is deprecated by now, the newest of the rest',
      [web(1, { ageDays: 5, deprecationTime: daysAgo(0) }), web(2, { ageDays: 9 })],
      [1, 2],
    ],
    [
      'of all, of the available ones, and of those that are not deprecated',
      [
        web(1, { ageDays: 1, state: 'pending' }),
        web(2, { ageDays: 2, deprecationTime: daysAgo(1) }),
        web(3, { ageDays: 3 }),
      ],
      [1, 2, 3],
    ],
    [
      'of all, of those that are not deprecated, and of the available ones among these',
      [
        web(1, { ageDays: 1, deprecationTime: daysAgo(1) }),
        web(2, { ageDays: 2, state: 'pending' }),
        web(3, { ageDays: 3 }),
      ],
      [1, 2, 3],
    ],
    [
      'where its deprecation lies ahead, it alone',
      [web(1, { ageDays: 5, deprecationTime: daysAgo(-1) }), web(2, { ageDays: 9 })],
      [1],
    ],
    [
      'of each architecture, where none is named',
      [web(1, { ageDays: 9 }), web(2, { ageDays: 20, architecture: 'x86_64' }), web(3, { ageDays: 20 })],
      [1, 2],
    ],
  ])('%s', (_, images, expected) => {
    expect(found(by('{ name: web }'), of(...images))).toEqual(expected);
  });

  it('is given back what was taken from it', () => {
    const images = [web(1, { deprecatedDaysAgo: 10 })];
    const [decision] = makePlan(of(...images), by('{ name: web }'), AT).decisions;
    expect(decision?.decision).toBe('reinstate');
  });
});

describe('a lookup that finds nothing', () => {
  const account = of(anImage());
  it('keeps everything, and says which', () => {
    const plan = makePlan(account, by('{ name: "wbe-*" }'), AT);
    expect(plan.sources).toContainEqual({
      name: 'lookups',
      status: 'unreadable',
      references: 0,
      calls: 0,
      error: `no image of ${ACCOUNT_ID} in eu-west-1 is found by "web base" of references.lookups; correct it, or say mayBeEmpty: true`,
    });
    expect(plan.passes.flatMap(({ actions }) => actions)).toEqual([]);
  });

  it('says so where the account is one of many, for those to say whether it finds anything', () => {
    const one = of(anImage());
    const many = { ...by('{ name: "wbe-*" }').references, isOneOfMany: true };
    const sources = one.references.sources.filter(({ name }) => name !== 'lookups');
    const { references } = withLookups({ ...one, references: { ...one.references, sources } }, many, AT);
    expect(references.unmatchedLookups).toEqual(['web base']);
    expect(references.sources.at(-1)).toMatchObject({ name: 'lookups', status: 'read', read: 1 });
    expect(references.sources).toHaveLength(sources.length + 1);
  });

  const others = { crossAccountUsage: { read: new Set<string>(), unread: new Map(), usage: new Map() } };
  test.each<[string, string, Partial<Account>, string[] | undefined]>([
    ['finds nothing in an account of many that were looked at', 'wbe-*', others, ['web base']],
    ['finds something there', 'web*', others, undefined],
    ['finds nothing in the only account', 'wbe-*', {}, undefined],
  ])('is listed for others only where it %s', (_, name, over, expected) => {
    const { references } = withLookups({ ...account, ...over }, by(`{ name: "${name}" }`).references, AT);
    expect('unmatchedLookups' in references).toBe(expected !== undefined);
    expect(references.unmatchedLookups).toEqual(expected);
  });

  test.each([
    ['it may be empty', by('{ name: "wbe-*" }', ', mayBeEmpty: true')],
    ['lookups are off', oneRule(KEEP, 'references: { off: [lookups], lookups: [{ name: a, images: { name: b } }] }')],
  ])('keeps nothing where %s', (_, policy) => {
    expect(makePlan(account, policy, AT).complete).toBe(true);
  });

  it('is said to be off', () => {
    const off = oneRule(KEEP, 'references: { off: [lookups], lookups: [{ name: a, images: { name: b } }] }');
    const row = { name: 'lookups', status: 'off', references: 0, calls: 0 };
    expect(makePlan(account, off, AT).sources).toContainEqual(row);
  });

  it('is said where it may', () => {
    const [warning] = makePlan(account, by('{ name: "wbe-*" }', ', mayBeEmpty: true'), AT).warnings.filter((one) =>
      one.includes('ookup'),
    );
    expect(warning).toBe('Lookup "web base": it finds no image here, so it keeps none.');
  });
});

describe('second thoughts', () => {
  const warnings = (policy: Policy, ...images: readonly Image[]) =>
    makePlan(of(...images), policy, AT).warnings.filter((one) => one.startsWith('Lookup'));

  test.each([
    [
      '[{ name: a, images: { name: "*" }, take: all }]',
      'Lookup "a": it finds all 2 images, so no rule takes any of them.',
    ],
    [
      '[{ name: a, images: { name: "web*" } }, { name: b, images: { name: "web*" }, mayBeEmpty: true }]',
      'Lookup "b": it finds what "a" before it finds.',
    ],
    [
      '[{ name: a, images: { owner: self, name: "web*" }, take: all }, { name: b, images: { owner: self, name: "web*" } }]',
      'Lookup "b": it finds what "a" before it finds.',
    ],
  ])('%s', (lookups, sentence) => {
    expect(warnings(policyWith(lookups), anImage(), anImage({ number: 2, name: 'api' }))).toEqual([sentence]);
  });

  it.each([
    '[{ name: a, images: { name: "web*" } }, { name: b, images: { name: "web*" }, take: all }]',
    '[{ name: a, images: { name: "web*" } }, { name: b, images: { name: "api*" } }]',
    '[{ name: a, images: { name: ["web*", api] } }]',
  ])('none of lookups in order: %s', (lookups) => {
    expect(warnings(policyWith(lookups), anImage(), anImage({ number: 2, name: 'api', ageDays: 100 }))).toEqual([]);
  });
});

describe('the policy', () => {
  const head = 'version: 1\nrules: []\nreferences: { lookups: ';
  test.each([
    [
      '[{ name: a, images: { owner: self } }] }',
      'p.yml:3:44: references.lookups[0].images: needs a criterion beside the owner: name, description, tags, architecture, virtualizationType, rootDeviceType',
    ],
    ['[{ name: a, images: { tags: {} } }] }', 'references.lookups[0].images: needs a criterion'],
    ['[{ name: a, images: { owner: "12345", name: b } }] }', 'images.owner: must be self, amazon, aws-marketplace'],
    ['[{ name: a, images: { nmae: b, name: b } }] }', 'unknown key "nmae"; did you mean "name"?'],
    ['[{ name: a, images: { name: b }, take: newst }] }', 'take: must be one of newest, all; did you mean "newest"?'],
    ['[{ images: { name: b } }] }', 'references.lookups[0].name: is missing'],
    [
      '[{ name: a, images: { name: b } }, { name: a, images: { name: c } }] }',
      'references.lookups[1].name: is the name of an earlier lookup',
    ],
  ])('refuses %s', (lookups, problem) => {
    expect(problemsOf(head + lookups).join('\n')).toContain(problem);
  });
});

/** AWS's filters, said over again: lists of characters, tried in every way. */
function matchesFilter([first, ...rest]: readonly string[], text: readonly string[], loose: boolean): boolean {
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return (
      matchesFilter(rest, text, loose) || (text.length > 0 && matchesFilter([first, ...rest], text.slice(1), loose))
    );
  if (first === '?' && loose && matchesFilter(rest, text, loose)) return true;
  return text.length > 0 && (first === '?' || first === text[0]) && matchesFilter(rest, text.slice(1), loose);
}

const NAMES = ['web-1', 'web-2', 'web-10', 'api-1', 'web-'];
interface Asked {
  readonly name: string | string[];
  readonly owner?: string | string[];
  readonly tags?: Record<string, string | string[]>;
  readonly architecture?: string;
  readonly virtualizationType?: string;
}
const lookups: fc.Arbitrary<Asked> = fc.record(
  {
    owner: fc.constantFrom<string | string[]>('self', ACCOUNT_ID, '999999999999', ['self', 'amazon']),
    name: fc.constantFrom<string | string[]>('web-*', 'web-?', ['api-1', 'web-1*'], '*-??'),
    tags: fc.constantFrom<Record<string, string | string[]>>({ Env: 'prod' }, { Env: ['prod', 'd*'] }),
    architecture: fc.constantFrom('arm64', 'x86*'),
    virtualizationType: fc.constant('hvm'),
  },
  { requiredKeys: ['name'] },
);
const inventories = fc
  .array(
    fc.record({
      name: fc.constantFrom(...NAMES),
      ageDays: fc.constantFrom(1, 2, 3, 4),
      tags: fc.constantFrom<Record<string, string>>({}, { Env: 'prod' }, { Env: 'dev' }),
      architecture: fc.constantFrom('arm64', 'x86_64'),
      virtualizationType: fc.constantFrom('hvm', 'paravirtual'),
      state: fc.constantFrom('available', 'available', 'disabled', 'pending'),
      deprecationTime: fc.constantFrom(undefined, undefined, daysAgo(1), daysAgo(-1)),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(({ deprecationTime, ...wish }, number) =>
      anImage({ number, ...wish, ...(deprecationTime && { deprecationTime }) }),
    ),
  );

test('random lookups find what a second evaluation finds, and whatever Terraform, Packer or Karpenter would pick stays', () => {
  const each = fc.record({ images: inventories, selector: lookups, take: fc.constantFrom('newest', 'all') });
  tried(times(1500), each, ({ images, selector, take }) => {
    const raw = { name: 'l', images: selector, take, mayBeEmpty: true };
    const rule = { name: 'all', select: {}, keep: { newest: 1 }, deprecate: {} };
    const policy = policyOf({ version: 1, rules: [rule], references: { lookups: [raw] } });
    const kept = found(policy, of(...images));
    const picks = [false, true].flatMap((loose) => answers(selector, images, loose, take === 'all'));
    expect(kept).toEqual(images.flatMap((one, number) => (picks.includes(one) ? [number] : [])));
  });
});

/** What any of those who look would take: each sees its own part of what a filter gives. */
function answers(
  { owner, name, tags = {}, architecture = '*', virtualizationType = '*' }: Asked,
  images: readonly Image[],
  loose: boolean,
  all: boolean,
): Image[] {
  const is = (wanted: string | string[], text = '') =>
    [wanted].flat().some((pattern) => matchesFilter([...pattern], [...text], loose));
  const owned = owner === undefined || [owner].flat().some((one) => one === 'self' || one === ACCOUNT_ID);
  const answer = images.filter(
    (image) =>
      owned &&
      image.state !== 'disabled' &&
      is(name, image.name) &&
      is(architecture, image.architecture) &&
      is(virtualizationType, image.virtualizationType) &&
      Object.entries(tags).every(([key, value]) => image.tags[key] !== undefined && is(value, image.tags[key])),
  );
  if (all) return answer;
  const seenBy = [false, true].flatMap((deprecatedToo) =>
    [false, true].map((pendingToo) =>
      answer.filter(
        ({ state, deprecationTime }) =>
          (pendingToo || state === 'available') && (deprecatedToo || !(deprecationTime && deprecationTime <= AT)),
      ),
    ),
  );
  return seenBy.flatMap((seen) =>
    ['arm64', 'x86_64'].flatMap((wanted) => {
      const sorted = seen
        .filter((one) => one.architecture === wanted)
        .sort((a, b) => Number(b.creationDate) - Number(a.creationDate));
      return sorted.filter(({ creationDate }) => Number(creationDate) === Number(sorted[0]?.creationDate));
    }),
  );
}
