import { describe, expect, test } from 'vitest';
import type { AccountUse, CrossAccountUsage, Sharing, UsageReading } from '../../src/model/account.ts';
import type { KeepReason } from '../../src/model/reasons.ts';
import { ACCOUNT_ID, anAccount, anImage, DAY, daysAgo, imageId, UNSHARED } from '../builders/account.ts';
import { codesOf, decideFirst, oneRule } from '../builders/policy.ts';

const RULE = 'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, deregister: { after: 30d }';
const TARGETS = 'targets: { organizationalUnits: [r-ab12] }';
const JOINED = oneRule(RULE, `${TARGETS}\nreferences: { sharedImages: evaluate }`);

const AT_ONCE = oneRule(
  'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 1d }',
  `${TARGETS}\nreferences: { sharedImages: evaluate }`,
);

const [READ, ALSO_READ, UNREAD, OUTSIDE] = ['111111111111', '222222222222', '333333333333', '444444444444'] as const;
const ORGANIZATION = 'arn:aws:organizations::100000000000:organization/o-abc';

const known = (over: Partial<CrossAccountUsage> = {}): CrossAccountUsage => ({
  read: new Set([READ, ALSO_READ, ACCOUNT_ID]),
  unread: new Map(),
  usage: new Map(),
  ...over,
});
const oneUnread = { unread: new Map([[UNREAD, 'the role could not be assumed']]) };
const sharedWith = (...all: string[]): Sharing => ({
  status: 'read',
  accounts: all.filter((one) => !one.startsWith('arn:')),
  organizations: all.filter((one) => one.startsWith('arn:')),
  isPublic: false,
});
const report = (ageDays: number, ...entries: AccountUse[]): UsageReading => ({
  status: 'available',
  reportId: 'imgreport-1',
  createdAt: daysAgo(ageDays),
  entries,
});
const use = (accountId: string, count = 1, resourceType = 'ec2:Instance'): AccountUse => ({
  accountId,
  resourceType,
  count,
});

interface Told {
  readonly sharing: Sharing;
  readonly elsewhere?: Partial<CrossAccountUsage>;
  readonly usage?: UsageReading;
  readonly image?: ReturnType<typeof anImage>;
  readonly policy?: typeof JOINED;
}

function decided({ sharing, elsewhere, usage, image = anImage(), policy = JOINED }: Told) {
  const reports = usage && { usage: new Map([[imageId(1), usage]]) };
  return decideFirst([image], policy, {
    sharing: new Map([[imageId(1), sharing]]),
    crossAccountUsage: known({ ...elsewhere, ...reports }),
  });
}

const NOBODY = report(1);

describe('a shared image, where other accounts were looked at', () => {
  test.each<[string, Told]>([
    ['nobody', { sharing: UNSHARED }],
    ['accounts that were read and do not use it', { sharing: sharedWith(READ, ALSO_READ) }],
    ['its own account', { sharing: sharedWith(ACCOUNT_ID), elsewhere: { read: new Set() } }],
    ['nobody, though another account could not be read', { sharing: UNSHARED, elsewhere: oneUnread }],
    ['accounts that were read, though another could not be', { sharing: sharedWith(READ), elsewhere: oneUnread }],
    [
      'an account out of sight that by its usage report does not use it',
      { sharing: sharedWith(OUTSIDE), usage: NOBODY },
    ],
    ['an organization in which nobody uses it', { sharing: sharedWith(ORGANIZATION), usage: NOBODY }],
    [
      'an account that counts uses in its own account and in one that was read alone: those were seen themselves',
      { sharing: sharedWith(ORGANIZATION), usage: report(1, use(READ), use(ACCOUNT_ID)) },
    ],
    [
      'an organization, where its usage report counts its own account, which stands in no list',
      { sharing: sharedWith(ORGANIZATION), usage: report(1, use(ACCOUNT_ID)), elsewhere: { read: new Set([READ]) } },
    ],
  ])('goes where it is shared with %s', (_, told) => {
    expect(decided(told).decision).toBe('deprecate');
  });

  test.each<[string, Told, KeepReason]>([
    [
      'an account that could not be read',
      { sharing: sharedWith(READ, UNREAD), elsewhere: oneUnread },
      { code: 'consumer-unread', accountId: UNREAD, why: 'the role could not be assumed', more: 0 },
    ],
    [
      'an organization, to which an account that could not be read may belong',
      {
        sharing: sharedWith(ORGANIZATION),
        usage: NOBODY,
        elsewhere: { unread: new Map([...[OUTSIDE, UNREAD, ACCOUNT_ID].map((id) => [id, `why ${id}`] as const)]) },
      },
      { code: 'consumer-unread', accountId: UNREAD, why: `why ${UNREAD}`, more: 1 },
    ],
    [
      'an account that was read at first and not the second time',
      { sharing: sharedWith(READ), elsewhere: { unread: new Map([[READ, 'read again: throttled']]) } },
      { code: 'consumer-unread', accountId: READ, why: 'read again: throttled', more: 0 },
    ],
    [
      'an account out of sight, without a usage report',
      { sharing: sharedWith(OUTSIDE), usage: { status: 'none' } },
      { code: 'usage-unknown', status: 'none' },
    ],
    [
      'an account out of sight, with a usage report that is being made',
      { sharing: sharedWith(READ, OUTSIDE), usage: { status: 'pending', createdAt: daysAgo(0) } },
      { code: 'usage-unknown', status: 'pending' },
    ],
    [
      'an account out of sight, with a usage report that could not be read',
      { sharing: sharedWith(OUTSIDE), usage: { status: 'unreadable', error: 'access denied' } },
      { code: 'usage-unknown', status: 'unreadable', error: 'access denied' },
    ],
    [
      'an account that uses it by its usage report',
      {
        sharing: sharedWith(OUTSIDE),
        usage: report(3, use(OUTSIDE, 2), use(READ, 9), use(OUTSIDE, 4, 'ec2:LaunchTemplate')),
      },
      {
        code: 'used-elsewhere',
        reportedAt: daysAgo(3),
        accounts: 1,
        uses: [use(OUTSIDE, 4, 'ec2:LaunchTemplate'), use(OUTSIDE, 2)],
      },
    ],
    [
      'an organization, and an account that could not be read uses it by the usage report',
      { sharing: sharedWith(ORGANIZATION), usage: report(3, use(UNREAD)), elsewhere: oneUnread },
      { code: 'used-elsewhere', reportedAt: daysAgo(3), accounts: 1, uses: [use(UNREAD)] },
    ],
    [
      'an organization, and an account that was read only at first uses it by the usage report',
      { sharing: sharedWith(ORGANIZATION), usage: report(3, use(READ)), elsewhere: { unread: new Map([[READ, 'x']]) } },
      { code: 'used-elsewhere', reportedAt: daysAgo(3), accounts: 1, uses: [use(READ)] },
    ],
  ])('stays where it is shared with %s', (_, told, reason) => {
    const decision = decided(told);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons).toEqual([reason]);
  });

  test('stays where it is public by its launch permissions', () => {
    const decision = decided({ sharing: { ...UNSHARED, isPublic: true } });
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'public' }] });
  });

  test('tells the first twenty of many uses, the most frequent first, and how many accounts there are', () => {
    const entries = Array.from({ length: 30 }, (_, index) => use(String(500_000_000_000 + index), index + 1));
    const [reason] = decided({ sharing: sharedWith(ORGANIZATION), usage: report(1, ...entries) }).reasons;
    expect(reason).toMatchObject({ code: 'used-elsewhere', accounts: 30 });
    if (reason.code === 'used-elsewhere') expect(reason.uses).toEqual(entries.toReversed().slice(0, 20));
  });

  test('whose usage report was not looked for yet is not told to stay: a plan asks for it before it acts', () => {
    expect(decided({ sharing: sharedWith(OUTSIDE) }).decision).toBe('deprecate');
  });

  test('says in how many other accounts nothing references it', () => {
    const [reason] = decided({ sharing: sharedWith(READ) }).reasons;
    expect(reason).toMatchObject({ code: 'unreferenced', otherAccounts: 2 });
  });
});

describe('a usage report rules out uses only from a week before it was made on', () => {
  const step = (deprecatedDaysAgo: number, reportAgeDays: number, policy = JOINED) =>
    decided({
      policy,
      sharing: sharedWith(ORGANIZATION),
      usage: report(reportAgeDays),
      image: anImage({ ageDays: 400, deprecatedDaysAgo }),
    });

  test.each([
    ['disable', 14, 2],
    ['disable', 29, 0],
    ['deregister', 30, 1],
    ['deregister', 300, 2],
  ] as const)('%s, deprecated %i days ago, with a report %i days old', (decision, deprecated, reported) => {
    expect(step(deprecated, reported).decision).toBe(decision);
  });

  test.each([
    ['made before the deprecation', 8, 20, 1],
    ['made too soon after it', 8, 1 + 1 / DAY, 1],
    ['made the day after, though its rule would deregister by now', 30, 29, 2],
    ['older than 48 hours', 300, 2 + 1 / DAY, 2],
  ])('not where it was %s', (_, deprecated, reported, countsFrom) => {
    const decision = step(deprecated, reported, AT_ONCE);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons).toEqual([
      { code: 'usage-report-too-early', createdAt: daysAgo(reported), countsFrom: daysAgo(countsFrom) },
    ]);
  });

  test('deprecating can be undone, so there any report counts', () => {
    expect(decided({ sharing: sharedWith(OUTSIDE), usage: report(29) }).decision).toBe('deprecate');
  });
});

describe.each(['keep', 'evaluate'])('accounts that could not be read (sharedImages: %s)', (sharedImages) => {
  const policy = oneRule(RULE, `${TARGETS}\nreferences: { sharedImages: ${sharedImages} }`);
  const unread = new Map([[UNREAD, 'eu-west-1: denied']]);
  const image = anImage({ ageDays: 400, deprecatedDaysAgo: 40 });
  const about = (elsewhere: Partial<CrossAccountUsage>, usage?: UsageReading) =>
    decided({ sharing: UNSHARED, elsewhere: { unread, ...elsewhere }, image, policy, ...(usage && { usage }) });
  const held = { code: 'consumer-unread', accountId: UNREAD, why: 'eu-west-1: denied', more: 0 };

  test('hold what they used when they were last read, though it is shared no more, and reinstate nothing', () => {
    const lastUsedBy = new Map([[imageId(1), unread]]);
    expect(about({ lastUsedBy })).toMatchObject({ decision: 'keep', reasons: [held] });
    expect(about({ lastUsedBy: new Map([[imageId(2), unread]]) }).decision).toBe('deregister');
  });

  test('are told by the first of them, and how many more there are', () => {
    const three = ['444444444444', '333333333333', '555555555555'];
    const lastUsedBy = new Map([[imageId(1), new Map(three.map((id) => [id, 'denied']))]]);
    expect(about({ lastUsedBy }).reasons).toMatchObject([{ accountId: '333333333333', more: 2 }]);
  });

  test('hold everything where they were never read, until a usage report speaks where those are asked', () => {
    const neverRead = new Set([UNREAD]);
    const asks = sharedImages === 'evaluate';
    const unknown = { code: 'usage-unknown', status: 'none' };
    expect(about({ neverRead }, { status: 'none' })).toMatchObject({
      decision: 'keep',
      reasons: [asks ? unknown : held],
    });
    expect(about({ neverRead }, report(1)).decision).toBe(asks ? 'deregister' : 'keep');
    expect(about({ neverRead }, report(1, use(UNREAD))).decision).toBe(asks ? 'reinstate' : 'keep');
  });
});

describe('an image that this tool has deprecated', () => {
  const marked = anImage({ ageDays: 400, deprecatedDaysAgo: 40 });

  test('is reinstated where another account uses it', () => {
    const told = { sharing: sharedWith(OUTSIDE), usage: report(1, use(OUTSIDE)), image: marked };
    expect(decided(told).decision).toBe('reinstate');
  });

  test.each<[string, Told]>([
    ['consumer-unread', { sharing: sharedWith(UNREAD), elsewhere: oneUnread }],
    ['usage-unknown', { sharing: sharedWith(OUTSIDE), usage: { status: 'none' } }],
    ['usage-report-too-early', { sharing: sharedWith(OUTSIDE), usage: report(39) }],
  ])('keeps its mark where its use can not be told: %s', (code, told) => {
    const decision = decided({ ...told, image: marked });
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code }] });
    expect(decision.next).toBeUndefined();
  });

  test('is reinstated for a certain reason though its use can not be told, and no date is given for its end', () => {
    const young = anImage({ ageDays: 50, deprecatedDaysAgo: 40 });
    const decision = decided({ sharing: sharedWith(UNREAD), elsewhere: oneUnread, image: young });
    expect(decision).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'younger-than' }] });
    expect(decision.next).toBeUndefined();
  });

  test('waits with both reasons where its time has not come', () => {
    const waiting = anImage({ ageDays: 400, deprecatedDaysAgo: 5 });
    const decision = decided({ sharing: sharedWith(UNREAD), elsewhere: oneUnread, image: waiting });
    expect(codesOf(decision).slice(0, 2)).toEqual(['consumer-unread', 'waiting']);
  });
});

describe('an image that this tool has disabled was shared until then', () => {
  const disabled = (saved: string) =>
    anImage({
      ageDays: 400,
      deprecatedDaysAgo: 40,
      state: 'disabled',
      tags: { 'ami-janitor:disabled-at': daysAgo(20).toISOString(), 'ami-janitor:launch-permissions': saved },
    });

  test.each<[string, Omit<Told, 'sharing'>, string, string[]]>([
    [READ, {}, 'deregister', []],
    [`${READ},${UNREAD}`, { elsewhere: oneUnread }, 'keep', ['consumer-unread']],
    [ORGANIZATION, { elsewhere: oneUnread, usage: NOBODY }, 'keep', ['consumer-unread']],
    [OUTSIDE, { usage: report(1, use(OUTSIDE)) }, 'reinstate', ['used-elsewhere']],
    [OUTSIDE, { usage: NOBODY }, 'deregister', []],
    ['all', {}, 'reinstate', ['public']],
    [ACCOUNT_ID, { elsewhere: { read: new Set() } }, 'deregister', []],
  ])('with %s', (saved, told, decision, codes) => {
    const one = decided({ sharing: UNSHARED, ...told, image: disabled(saved) });
    expect(one.decision).toBe(decision);
    expect(codesOf(one).slice(0, codes.length)).toEqual(codes);
  });
});

describe('copies of an image whose use can not be told', () => {
  const policy = oneRule(
    'keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {}, deregister: { after: 30d }',
    `${TARGETS}\nreferences: { sharedImages: evaluate }`,
  );
  const copy = anImage({ ageDays: 400, deprecatedDaysAgo: 40, sourceImageId: imageId(2) });
  const copyOfCopy = anImage({ number: 3, ageDays: 400, deprecatedDaysAgo: 40, sourceImageId: imageId(1) });
  const crossAccountUsage = known(oneUnread);

  test('stay with it, are not reinstated for it, and keep copies of their own', () => {
    const images = [copy, anImage({ number: 2 }), copyOfCopy];
    const sharing = new Map([
      [imageId(1), UNSHARED],
      [imageId(2), sharedWith(UNREAD)],
      [imageId(3), UNSHARED],
    ]);
    for (const first of [copy, copyOfCopy]) {
      const order = [first, ...images.filter((image) => image !== first)];
      expect(decideFirst(order, policy, { sharing, crossAccountUsage })).toMatchObject({
        decision: 'keep',
        reasons: [{ code: 'copy-of-kept' }],
      });
    }
  });

  test('are reinstated where the source is held for certain too', () => {
    const images = [copy, anImage({ number: 2, ageDays: 10 })];
    const sharing = new Map([[imageId(2), sharedWith(UNREAD)]]);
    expect(decideFirst(images, policy, { sharing, crossAccountUsage }).decision).toBe('reinstate');
  });

  test('go with it where nobody uses it', () => {
    const sharing = new Map([[imageId(2), sharedWith(READ)]]);
    expect(decideFirst([copy, anImage({ number: 2 })], policy, { sharing, crossAccountUsage }).decision).toBe(
      'deregister',
    );
  });
});

describe('other accounts count only where the policy asks for both, and they were looked at', () => {
  const sharing = sharedWith(READ);
  const bare = anAccount({ images: [anImage()] });

  test.each([
    ['sharedImages: keep with targets', oneRule(RULE, TARGETS)],
    ['sharedImages: keep without targets', oneRule(RULE)],
  ])('%s keeps what is shared', (_, policy) => {
    expect(codesOf(decided({ sharing, policy }))).toEqual(['shared']);
  });

  test('a run of one account by a policy with targets keeps what is shared', () => {
    const decision = decideFirst(bare.images, JOINED, { sharing: new Map([[imageId(1), sharing]]) });
    expect(codesOf(decision)).toEqual(['shared']);
  });

  test('and reinstates nothing for it: what those accounts use was not looked at', () => {
    const marked = anImage({ ageDays: 400, deprecatedDaysAgo: 40 });
    const decide = (policy: typeof JOINED) =>
      decideFirst([marked], policy, { sharing: new Map([[imageId(1), sharing]]) }).decision;
    expect(decide(JOINED)).toBe('keep');
    expect(decide(oneRule(RULE, TARGETS))).toBe('reinstate');
  });

  test('whom a disabled image was shared with counts in such a run too, and only by a policy with targets', () => {
    const disabled = anImage({
      ageDays: 400,
      deprecatedDaysAgo: 40,
      state: 'disabled',
      tags: { 'ami-janitor:disabled-at': daysAgo(20).toISOString(), 'ami-janitor:launch-permissions': READ },
    });
    expect(codesOf(decideFirst([disabled], JOINED))).toEqual(['shared']);
    expect(decideFirst([disabled], oneRule(RULE, TARGETS)).decision).toBe('reinstate');
    expect(decideFirst([disabled], oneRule(RULE)).decision).toBe('deregister');
  });

  test('and what could not be read', () => {
    const unreadable = new Map([[imageId(1), { status: 'unreadable', error: 'x' } as const]]);
    for (const elsewhere of [{}, { elsewhere: known() }]) {
      const decision = decideFirst(bare.images, JOINED, { sharing: unreadable, ...elsewhere });
      expect(decision.reasons).toEqual([{ code: 'source-unreadable', source: 'launch-permissions' }]);
    }
  });

  test('sharedImages: evaluate without targets looks at no sharing', () => {
    const policy = oneRule(RULE, 'references: { sharedImages: evaluate }');
    const decision = decided({ sharing: sharedWith(UNREAD), elsewhere: oneUnread, policy });
    expect(decision.decision).toBe('deprecate');
    expect(decision.reasons[0]).not.toHaveProperty('otherAccounts');
  });
});
