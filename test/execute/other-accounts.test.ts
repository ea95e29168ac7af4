import { expect, test } from 'vitest';
import { createClients } from '../../src/aws/clients.ts';
import { OthersOpinions, whyTooOld } from '../../src/execute/enforcement.ts';
import type { ImageId } from '../../src/model/ids.ts';
import type { Action } from '../../src/model/plan.ts';
import type { SecondOpinion } from '../../src/references/second-opinion.ts';
import { AT, anAccount, anImage, imageId, snapshotId } from '../builders/account.ts';

const IMAGE = imageId(1);
const UNREFERENCED: SecondOpinion = { opinion: 'unreferenced' };
const ACCOUNT = anAccount({ images: [anImage()] });

/** Other accounts that take so long to answer; `asked` has the second of each question, and `at` sets the clock. */
function others(opinion: SecondOpinion | 'none' = UNREFERENCED, seconds = 0) {
  let now = AT.getTime();
  const asked: number[] = [];
  const at = (second: number) => {
    now = AT.getTime() + second * 1000;
  };
  const askSecondOpinion = async (_: unknown, ids: readonly ImageId[]) => {
    asked.push((now - AT.getTime()) / 1000);
    now += seconds * 1000;
    return new Map(opinion === 'none' ? [] : ids.map((id) => [id, opinion]));
  };
  const given = { clock: () => new Date(now), others: { readAt: AT, until: AT, askSecondOpinion } };
  return {
    asked,
    at,
    options: { ...given, clients: createClients('eu-west-1'), onOutcome: () => {}, onWarning: () => {} },
  };
}

test.each<[string, string | undefined, SecondOpinion | 'none']>([
  ['nothing stands against it', undefined, UNREFERENCED],
  ['uses it', 'another account began to use it: i-1; i-2', { opinion: 'referenced', by: ['i-1', 'i-2'] }],
  [
    'can not be asked',
    'not every account that may launch it could be asked whether it does: denied',
    { opinion: 'unknown', error: 'denied' },
  ],
  ['is not heard of', 'not every account that may launch it could be asked whether it does: it was not asked', 'none'],
])('an account that may launch an image %s', async (_, sentence, opinion) => {
  const { options } = others(opinion);
  const opinions = new OthersOpinions(options, ACCOUNT);
  await opinions.renew([IMAGE]);
  expect(opinions.objection(IMAGE)).toBe(sentence);
});

test.each([
  ['quick: ten seconds', 0, [10], [0]],
  ['quick: no longer', 0, [10.1], [0, 10.1]],
  ['four seconds long: five times that', 4, [24], [0]],
  ['four seconds long: no longer', 4, [24.1], [0, 24.1]],
  ['slow: a minute', 40, [100], [0]],
  ['slow: no longer', 40, [100.1], [0, 100.1]],
])('an answer counts where asking was %s', async (_, seconds, later, expected) => {
  const { asked, at, options } = others(UNREFERENCED, seconds);
  const opinions = new OthersOpinions(options, ACCOUNT);
  await opinions.renew([IMAGE]);
  for (const second of later) {
    at(second);
    await opinions.renew([IMAGE]);
  }
  expect(asked).toEqual(expected);
});

test('one image of which nobody was asked is enough to ask, and nobody is asked of none or of an account unread', async () => {
  const { asked, options } = others();
  const opinions = new OthersOpinions(options, ACCOUNT);
  await opinions.renew([]);
  expect(asked).toEqual([]);
  await opinions.renew([IMAGE]);
  await opinions.renew([IMAGE, imageId(2)]);
  expect(asked).toEqual([0, 0]);
  const unread = new OthersOpinions(options, undefined);
  await unread.renew([IMAGE]);
  expect(asked).toHaveLength(2);
  expect(unread.objection(IMAGE)).toContain('it was not asked');
});

test('where no other account was read, none has a say', async () => {
  const { others: _, ...alone } = others().options;
  const opinions = new OthersOpinions(alone, ACCOUNT);
  await opinions.renew([IMAGE]);
  expect(opinions.objection(IMAGE)).toBeUndefined();
  expect(whyTooOld(alone, { action: 'disable', imageId: IMAGE, rule: 'all' })).toBeUndefined();
});

test.each<[string, Action, boolean]>([
  ['disable', { action: 'disable', imageId: IMAGE, rule: 'all' }, true],
  ['delete-snapshot', { action: 'delete-snapshot', snapshotId: snapshotId(1), imageId: IMAGE }, true],
  ['mark-orphan', { action: 'mark-orphan', snapshotId: snapshotId(1), imageId: IMAGE }, false],
  ['deprecate', { action: 'deprecate', imageId: IMAGE, rule: 'all', alreadyDeprecated: false }, false],
])('%s waits for a new reading of the others once theirs is old: %#', (_, action, waits) => {
  const { at, options } = others();
  expect(whyTooOld(options, action)).toBeUndefined();
  at(1);
  expect(whyTooOld(options, action) !== undefined).toBe(waits);
});
