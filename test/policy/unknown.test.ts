import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../src/model/sources.ts';
import { anAccount, anImage, imageId, unreadable } from '../builders/account.ts';
import { codesOf, decideFirst, oneRule } from '../builders/policy.ts';

const DUE = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }';

const POLICY = oneRule(DUE, 'protect: { tags: { Keep: "true", "Compliance*": "*" }, images: [ami-0000000000000000a] }');

describe('what could not be read', () => {
  test('keeps what would be acted on, naming the source', () => {
    const account = anAccount({ images: [anImage()], sources: unreadable('instances') });
    const decision = decideFirst(account.images, POLICY, account);
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'source-unreadable', source: 'instances' }] });
  });

  test('is said in one order, and of each source once', () => {
    const [first] = unreadable('spot-requests').slice(-1);
    const sources = [...unreadable('instances'), ...(first ? [first, first] : [])].reverse();
    const account = anAccount({ images: [anImage()], sources });
    expect(decideFirst(account.images, POLICY, account).reasons).toEqual([
      { code: 'source-unreadable', source: 'instances' },
      { code: 'source-unreadable', source: 'spot-requests' },
    ]);
  });

  test('counts for the inventory too', () => {
    const inventory = [{ name: 'snapshots', status: 'unreadable', references: 0, calls: 1, error: 'x' }] as const;
    const decision = decideFirst([anImage()], POLICY, { inventory });
    expect(codesOf(decision)).toEqual(['source-unreadable']);
  });

  test('counts for a source that nobody looked at', () => {
    const account = anAccount({ images: [anImage()] });
    const sources = account.references.sources.filter(({ name }) => name !== 'ec2-fleets');
    const decision = decideFirst(account.images, POLICY, { references: { ...account.references, sources } });
    expect(decision.reasons).toEqual([{ code: 'source-unreadable', source: 'ec2-fleets' }]);
  });

  test('adds nothing to an image that is kept anyway', () => {
    const account = anAccount({ images: [anImage({ ageDays: 1 })], sources: unreadable('instances') });
    expect(codesOf(decideFirst(account.images, POLICY, account))).toEqual(['younger-than']);
  });

  test('a source that is off keeps nothing', () => {
    const account = anAccount({ images: [anImage()] });
    const sources = account.references.sources.map((source) =>
      source.name === 'instances' ? ({ name: 'instances', status: 'off', references: 0, calls: 0 } as const) : source,
    );
    const decision = decideFirst(account.images, POLICY, { references: { ...account.references, sources } });
    expect(decision).toMatchObject({
      decision: 'deprecate',
      reasons: [{ code: 'unreferenced', sources: SOURCES.length - 1 }, {}],
    });
  });
});

describe('sharing', () => {
  const shared = { status: 'read', accounts: ['111111111111'], organizations: ['o-1'], isPublic: false } as const;
  const evaluate = oneRule(DUE, 'references: { sharedImages: evaluate }');

  test('keeps', () => {
    const decision = decideFirst([anImage()], POLICY, { sharing: new Map([[imageId(1), shared]]) });
    expect(decision).toMatchObject({ decision: 'keep' });
    expect(decision.reasons).toEqual([{ code: 'shared', accounts: ['111111111111'], organizations: ['o-1'] }]);
  });

  test.each([
    ['one account', { ...shared, organizations: [] }, ['shared']],
    ['one organization', { ...shared, accounts: [] }, ['shared']],
    ['everybody', { ...shared, accounts: [], organizations: [], isPublic: true }, ['public']],
  ] as const)('with %s keeps', (_, sharing, codes) => {
    expect(codesOf(decideFirst([anImage()], POLICY, { sharing: new Map([[imageId(1), sharing]]) }))).toEqual(codes);
  });

  test('that could not be read keeps', () => {
    const sharing = new Map([[imageId(1), { status: 'unreadable', error: 'x' } as const]]);
    const decision = decideFirst([anImage()], POLICY, { sharing });
    expect(decision.reasons).toEqual([{ code: 'source-unreadable', source: 'launch-permissions' }]);
  });

  test('that was not asked about leaves the decision', () => {
    expect(decideFirst([anImage()], POLICY, { sharing: new Map() }).decision).toBe('deprecate');
  });

  test.each([shared, { status: 'unreadable', error: 'x' } as const])(
    'is nothing where the policy evaluates',
    (sharing) => {
      expect(decideFirst([anImage()], evaluate, { sharing: new Map([[imageId(1), sharing]]) }).decision).toBe(
        'deprecate',
      );
    },
  );

  test('public images stay even then', () => {
    expect(decideFirst([anImage({ isPublic: true })], evaluate).decision).toBe('keep');
  });
});
