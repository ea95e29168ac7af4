import { describe, expect, it, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import type { InUseProtection, JournalReading } from '../../src/model/journal.ts';
import { NO_JOURNAL } from '../../src/model/journal.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { missingDetails, usageReportsToAskFor } from '../../src/plan/missing-details.ts';
import { AT, anAccount, anImage, daysAgo, imageId, unreadable } from '../builders/account.ts';
import { aPolicy, codesOf, KEEP, oneRule } from '../builders/policy.ts';
import { aJournal, RUN_ID } from '../builders/records.ts';

const IN_USE = 'protect: { inUse: true, names: ["golden-*"] }\nlimits: { stopAbove: 100% }';
const POLICY = oneRule(`${KEEP}, deregister: { after: 30d }`, IN_USE);
const OWN: InUseProtection = { at: daysAgo(90), runId: RUN_ID, state: 'on' };
const ON = { deregistrationProtection: 'enabled-without-cooldown' };
const PROTECTED: Partial<Image> = { ...ON, tags: { 'ami-janitor:protect-run': RUN_ID } };
const journal = (protection?: InUseProtection): JournalReading =>
  aJournal({ images: protection ? [[imageId(1), { protected: protection }]] : [] });

const aRule = (...parts: string[]) => aPolicy(`rules: [{ name: all, ${parts.join(', ')} }]\n${IN_USE}`);

interface Wish extends Partial<Account> {
  readonly policy?: typeof POLICY;
  readonly sources?: ReturnType<typeof unreadable>;
}

/** What the pass does with the first image of an account, and why that stays. */
function step(image: Partial<Image>, isReferenced: boolean, { policy = POLICY, ...over }: Wish = {}) {
  const account = anAccount({ images: [anImage(image)], referenced: isReferenced ? [1] : [], ...over });
  const plan = makePlan(account, policy, AT);
  const pass = plan.passes.find((one) => one.pass === 'protect');
  const [decision] = plan.decisions;
  return { actions: pass?.actions.map(({ action }) => action), decision, reasons: decision && codesOf(decision) };
}

describe('what something references is protected', () => {
  test.each<[string, Partial<Image>, Wish]>([
    ['where nothing protects it yet', {}, { journal: journal() }],
    ['where EC2 says that nothing does', { deregistrationProtection: 'disabled' }, { journal: journal() }],
    ['where a run ended before it had turned it on', {}, { journal: journal({ ...OWN, state: 'changing' }) }],
    ['where its tag came with a copy', { tags: { 'ami-janitor:protect-run': 'x' } }, { journal: journal() }],
    ['where other sources can’t be read', {}, { journal: journal(), sources: unreadable('instances') }],
    ['where people keep it', { tags: { 'ami-janitor:keep': 'true' }, name: 'golden-1' }, { journal: journal() }],
    ['where nobody asked with whom it is shared', {}, { journal: journal(), sharing: new Map() }],
    ['where no journal is kept', {}, {}],
  ])('%s', (_, image, over) => {
    expect(step(image, true, over)).toMatchObject({ actions: ['protect'], decision: { decision: 'keep' } });
    expect(step(image, false, over).actions).toEqual([]);
  });

  test.each<[string, Partial<Image>, Wish]>([
    ['what is protected already', ON, { journal: journal() }],
    ['what is protected in any other words', { deregistrationProtection: 'disabled after 2026-11-22' }, {}],
    ['what this tool protects', PROTECTED, { journal: journal(OWN) }],
    ['what a person turned it off for', {}, { journal: journal(OWN) }],
    ['the same, by the tag that is left', { tags: PROTECTED.tags ?? {} }, { journal: NO_JOURNAL }],
    ['what can’t be launched', { state: 'disabled' }, { journal: journal() }],
    ['what Data Lifecycle Manager manages', { tags: { 'aws:dlm:lifecycle-policy-id': 'x' } }, {}],
    ['what belongs to others', { ownerId: '999999999999' }, {}],
    ['anything, where the journal can’t be read', {}, { journal: { status: 'unreadable', error: 'denied' } }],
  ])('but not %s', (_, image, over) => {
    expect(step(image, true, over).actions).toEqual([]);
  });
});

describe('what this tool protected and nothing references any more', () => {
  const over = { journal: journal(OWN) };

  it('stays until its protection is off, for that reason alone', () => {
    expect(step(PROTECTED, false, over)).toMatchObject({
      actions: ['unprotect'],
      decision: { decision: 'keep', protectedAt: OWN.at, reasons: [{ code: 'own-protection', protectedAt: OWN.at }] },
    });
    expect(step({}, false, { journal: journal() }).decision?.decision).toBe('deprecate');
  });

  test.each<[string, Partial<Image>, Wish]>([
    ['no rule selects it', {}, { policy: aRule('select: { name: other }', KEEP) }],
    ['its rule keeps it as young', { creationDate: daysAgo(3) }, {}],
    ['its rule keeps all', {}, { policy: oneRule('keep: always', IN_USE) }],
    ['its rule keeps it as one of the newest', {}, { policy: oneRule('keep: { newest: 1 }, deprecate: {}', IN_USE) }],
    ['its rule does not know its expiry', {}, { policy: oneRule('expire: { tag: TTL }, deprecate: {}', IN_USE) }],
    ['it is disabled', { state: 'disabled' }, { policy: aRule('select: { state: disabled }', KEEP) }],
    ['a run ended before it had turned it off', {}, { journal: journal({ ...OWN, state: 'changing' }) }],
  ])('loses it where %s', (_, image, wish) => {
    expect(step({ ...PROTECTED, ...image }, false, { ...over, ...wish }).actions).toEqual(['unprotect']);
  });

  test.each<[string, Partial<Image>, Wish]>([
    ['a source can’t be read', {}, { sources: unreadable('instances') }],
    ['people keep it', { tags: { ...PROTECTED.tags, 'ami-janitor:keep': 'true' } }, {}],
    ['the policy protects it', { name: 'golden-1' }, {}],
    ['it is public', { isPublic: true }, {}],
    [
      'it is shared',
      {},
      {
        sharing: new Map([
          [imageId(1), { status: 'read', accounts: ['999999999999'], organizations: [], isPublic: false }],
        ]),
      },
    ],
    [
      'with whom it is shared can’t be read',
      {},
      { sharing: new Map([[imageId(1), { status: 'unreadable', error: 'denied' }]]) },
    ],
    ['with whom it is shared was not asked', {}, { sharing: new Map() }],
    ['the policy asks for no protection any more', {}, { policy: oneRule(KEEP) }],
    [
      'it is being reinstated',
      {},
      { journal: aJournal({ images: [[imageId(1), { protected: OWN, reinstating: OWN }]] }) },
    ],
    ['others disabled it', { state: 'disabled' }, {}],
  ])('keeps it where %s', (_, image, wish) => {
    const { actions = [], decision } = step({ ...PROTECTED, ...image }, false, { ...over, ...wish });
    expect([actions, decision?.decision]).toEqual([[], expect.stringMatching(/^(keep|reinstate)$/)]);
  });

  test.each<[string, Partial<Image>, JournalReading]>([
    ['no record says so', PROTECTED, journal()],
    ['no journal is kept', PROTECTED, NO_JOURNAL],
    ['its tag was taken off', ON, journal(OWN)],
    ['its tag names another run', { ...ON, tags: { 'ami-janitor:protect-run': 'other' } }, journal(OWN)],
    [
      'its tag says that it was only begun',
      { ...ON, tags: { 'ami-janitor:protect-run': `begun ${RUN_ID}` } },
      journal(OWN),
    ],
    ['it has a cooldown now', { ...PROTECTED, deregistrationProtection: 'enabled-with-cooldown' }, journal(OWN)],
  ])('counts as protected by a person where %s', (_, image, read) => {
    expect(step(image, false, { journal: read })).toMatchObject({
      actions: [],
      reasons: ['deregistration-protection'],
    });
  });

  it('is asked about first, as before a removal', () => {
    const account = anAccount({ images: [anImage(PROTECTED)], ...over, sharing: new Map() });
    expect(missingDetails(evaluate(account, POLICY, AT))).toMatchObject({ sharing: [imageId(1)], publicUsage: [] });
    expect(usageReportsToAskFor(makePlan(account, POLICY, AT).decisions, AT)).toEqual([]);
  });

  it('where it is public and may go, waits for AWS’s word on its use, which is asked for', () => {
    const policy = oneRule(`${KEEP}, public: true`, IN_USE);
    const image = anImage({ ...PROTECTED, isPublic: true });
    const told = { ...over, images: [image], sharing: new Map() };
    const unread = anAccount(told);
    expect(missingDetails(evaluate(unread, policy, AT)).publicUsage).toEqual([imageId(1)]);
    const open = { status: 'read', accounts: [], organizations: [], isPublic: true } as const;
    const sharing = new Map([[imageId(1), open]]);
    const none = anAccount({ ...told, sharing, publicUsage: new Map([[imageId(1), { status: 'none' }]]) });
    const { decisions, passes } = makePlan(none, policy, AT);
    expect([passes[0]?.actions, codesOf(decisions[0] ?? { reasons: [] })]).toEqual([
      [],
      ['own-protection', 'usage-unknown'],
    ]);
    expect(usageReportsToAskFor(decisions, AT)).toEqual([imageId(1)]);
    const report = { status: 'available', reportId: 'r', createdAt: AT, entries: [] } as const;
    const unused = anAccount({ ...told, sharing, publicUsage: new Map([[imageId(1), report]]) });
    expect(makePlan(unused, policy, AT).passes[0]?.actions).toMatchObject([{ action: 'unprotect' }]);
  });
});

it('a pass turns on before it turns off, oldest first, within perRun; stopAbove counts what is turned off alone', () => {
  const images = [1, 2, 3, 4].map((number) => anImage({ number, ...(number > 2 && PROTECTED), ageDays: 100 + number }));
  const records = images.map(({ imageId }) => [imageId, { protected: OWN }] as const);
  const account = anAccount({ images, referenced: [1, 2], journal: aJournal({ images: records.slice(2) }) });
  const passOf = (limits: string) =>
    makePlan(account, oneRule(KEEP, `protect: { inUse: true }\nlimits: ${limits}`), AT).passes[0];
  const named = passOf('{ perRun: 3, stopAbove: 50% }');
  expect(named?.actions.map((one) => `${one.action} ${one.imageId.at(-1)}`)).toEqual([
    'protect 2',
    'protect 1',
    'unprotect 4',
  ]);
  expect(passOf('{ stopAbove: 49% }')).toMatchObject({ actions: [], stopped: { due: 2, ofImages: 4 } });
});

it('a plan without the key has no such pass', () => {
  expect(makePlan(anAccount(), oneRule(KEEP), AT).passes.map(({ pass }) => pass)).not.toContain('protect');
});
