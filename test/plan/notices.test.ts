import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import { type Announced, NO_JOURNAL } from '../../src/model/journal.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { announcedBy, type DueNotice, dueNotices } from '../../src/plan/notices.ts';
import { AT, anAccount, anImage, aSnapshot, daysAgo, imageId, unreadable } from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';
import { aJournal, announced, recorded, recordOf } from '../builders/records.ts';

const TELLS = 'notify: { slack: { webhook: "ssm:hook" } }\nlimits: { stopAbove: 100% }';
const KEEP = 'keep: { youngerThan: 60d }, deprecate: {}';
const RULE = `${KEEP}, disable: { after: 14d }, deregister: { after: 30d, notice: 7d }`;
const POLICY = oneRule(RULE, TELLS);
const TOLD = 'ami-janitor:announced-at';
const REMINDED = 'ami-janitor:reminded-at';

function noticesOf(images: readonly Image[], policy = POLICY): Omit<DueNotice, 'decision'>[] {
  return dueNotices(makePlan(recorded(anAccount({ images })), policy, AT), policy).map(
    ({ decision, ...notice }) => notice,
  );
}

/** An image that this tool deprecated so long ago, and of which its owner was told and reminded so long ago. */
function deprecated(days: number, told?: number, reminded?: number, over: Partial<Image> = {}): Image {
  const image = anImage({ ageDays: 300, deprecatedDaysAgo: days, ...over });
  return {
    ...image,
    tags: {
      ...image.tags,
      ...(over.state === 'disabled' && { 'ami-janitor:disabled-at': daysAgo(1).toISOString() }),
      ...(told !== undefined && { [TOLD]: daysAgo(told).toISOString() }),
      ...(reminded !== undefined && { [REMINDED]: daysAgo(reminded).toISOString() }),
    },
  };
}

describe('before an image is deprecated its owner is told', () => {
  const told = (days: number) => anImage({ tags: { [TOLD]: daysAgo(days).toISOString() } });
  const notice = { deprecated: false, isReminder: false, disableAt: daysAgo(-14), deregisterAt: daysAgo(-30) };

  test('what becomes of it and when', () => expect(noticesOf([anImage()])).toEqual([notice]));

  test('and the notice counts where it is longer than the wait', () => {
    const policy = oneRule(`${KEEP}, deregister: { after: 3d, notice: 7d }`, TELLS);
    expect(noticesOf([anImage()], policy)).toEqual([
      { deprecated: false, isReminder: false, deregisterAt: daysAgo(-7) },
    ]);
  });

  test('of a rule that only deprecates, too', () => {
    expect(noticesOf([anImage()], oneRule(KEEP, TELLS))).toEqual([{ deprecated: false, isReminder: false }]);
  });

  test.each([
    [29.9, 0],
    [30, 1],
  ])('once: told %d days ago, %d times more', (days, times) => {
    expect(noticesOf([told(days)])).toHaveLength(times);
  });

  test.each([
    ['none is kept', NO_JOURNAL, 0],
    ['one is kept that has no record of it', aJournal({}), 1],
  ])('once more by its tag where a journal is read: %s', (_, journal, times) => {
    const plan = makePlan(anAccount({ images: [told(1)], journal }), POLICY, AT);
    expect(dueNotices(plan, POLICY)).toHaveLength(times);
  });

  test('not of images that a limit leaves for later', () => {
    const policy = oneRule(RULE, `${TELLS.replace('limits: {', 'limits: { perRun: 1,')}`);
    const images = [anImage({ number: 1, ageDays: 80 }), anImage({ number: 2, ageDays: 90 })];
    const notices = dueNotices(makePlan(anAccount({ images }), policy, AT), policy);
    expect(notices.map(({ decision }) => decision.image.imageId)).toEqual([imageId(2)]);
  });

  test('not where the policy tells nobody', () => {
    expect(noticesOf([anImage()], oneRule(RULE, 'limits: { stopAbove: 100% }'))).toEqual([]);
  });

  test('when its snapshots are archived, and anew where that was not announced; nothing of it where they are', () => {
    const policy = oneRule(`${KEEP}, disable: { after: 14d }, archive: { after: 25d }`, TELLS);
    const image = anImage({ snapshots: [1] });
    const dates = { deregisterFrom: 'none', disableFrom: daysAgo(-14) } as const;
    const noticesAfter = (told: Announced, storageTier = 'standard') => {
      const journal = aJournal({ images: [[image.imageId, { announced: told }]] });
      const account = anAccount({ images: [image], snapshots: [aSnapshot({ number: 1, storageTier })], journal });
      return dueNotices(makePlan(account, policy, AT), policy);
    };
    expect(noticesAfter(announced(daysAgo(2), dates))).toMatchObject([{ archiveAt: daysAgo(-25) }]);
    expect(noticesAfter(announced(daysAgo(2), { ...dates, archiveFrom: daysAgo(-25) }))).toEqual([]);
    expect(noticesAfter(announced(daysAgo(2), dates), 'archive')).toEqual([]);
  });

  test('not of what stays', () => {
    expect(noticesOf([anImage({ ageDays: 1 }), anImage({ isPublic: true })])).toEqual([]);
  });
});

describe('of a deprecated image its owner is told', () => {
  test('once, with the times that are still to come', () => {
    expect(noticesOf([deprecated(5)])).toEqual([
      { deprecated: true, isReminder: false, disableAt: daysAgo(-9), deregisterAt: daysAgo(-25) },
    ]);
    expect(noticesOf([deprecated(5, 5)])).toEqual([]);
  });

  test('that it goes after the notice at the earliest, where nobody was told in time', () => {
    expect(noticesOf([deprecated(29)])).toEqual([{ deprecated: true, isReminder: false, deregisterAt: daysAgo(-7) }]);
    const early = oneRule(RULE.replace('14d', '14d, notice: 2d'), TELLS);
    expect(noticesOf([deprecated(29)], early)).toEqual([
      { deprecated: true, isReminder: false, disableAt: daysAgo(-2), deregisterAt: daysAgo(-7) },
    ]);
  });

  test('that it goes after the notice, where its time has come and nobody was told', () => {
    expect(noticesOf([deprecated(40, undefined, undefined, { state: 'disabled' })])).toEqual([
      { deprecated: true, isReminder: false, deregisterAt: daysAgo(-7) },
    ]);
  });

  test('nothing of disabling where it is disabled', () => {
    expect(noticesOf([deprecated(20, undefined, undefined, { state: 'disabled' })])).toEqual([
      { deprecated: true, isReminder: false, deregisterAt: daysAgo(-10) },
    ]);
  });

  test('when its snapshots are archived, as long as any is not, and anew where that was never announced', () => {
    const policy = oneRule(
      `${KEEP}, disable: { after: 14d }, archive: { after: 25d }, deregister: { after: 90d }`,
      TELLS,
    );
    const dates = { disableAt: daysAgo(-9), archiveAt: daysAgo(-20), deregisterAt: daysAgo(-85) };
    const image = deprecated(5, undefined, undefined, { blockDevices: anImage({ snapshots: [1] }).blockDevices });
    expect(noticesOf([image], policy)).toEqual([{ deprecated: true, isReminder: false, ...dates }]);
    const told = (over: Partial<Announced>) => {
      const announcedThen = announced(daysAgo(5), { deregisterFrom: daysAgo(-85), disableFrom: daysAgo(-9), ...over });
      const record = { ...recordOf(image), announced: announcedThen };
      const journal = aJournal({ images: [[image.imageId, record]] });
      return dueNotices(makePlan({ ...anAccount({ images: [image] }), journal }, policy, AT), policy);
    };
    expect(told({})).toMatchObject([{ ...dates, isReminder: false }]);
    expect(told({ archiveFrom: daysAgo(-20) })).toEqual([]);
    const there = anAccount({ images: [image], snapshots: [aSnapshot({ number: 1, storageTier: 'archive' })] });
    const [notice] = dueNotices(makePlan(recorded(there), policy, AT), policy);
    expect(notice).not.toHaveProperty('archiveAt');
  });

  test('nothing of removal where the rule has none', () => {
    expect(noticesOf([deprecated(5)], oneRule(KEEP, TELLS))).toEqual([{ deprecated: true, isReminder: false }]);
    expect(noticesOf([deprecated(5, 5)], oneRule(KEEP, TELLS))).toEqual([]);
  });

  test('nothing where it is held, or may be, or where its times can not be read', () => {
    expect(noticesOf([deprecated(5, undefined, undefined, { isPublic: true })])).toEqual([]);
    const unread = recorded(anAccount({ images: [deprecated(5)], sources: unreadable('instances') }));
    expect(dueNotices(makePlan(unread, POLICY, AT), POLICY)).toEqual([]);
    const image = deprecated(5);
    const tags = { ...image.tags, 'ami-janitor:deregister-after': 'soon' };
    expect(noticesOf([{ ...image, tags }])).toEqual([]);
  });
});

describe('an owner who was told is told again', () => {
  const noticesAfter = (told: Announced, policy = POLICY, over: Partial<Image> = {}, days = 5) => {
    const image = deprecated(days, undefined, undefined, over);
    const journal = aJournal({ images: [[image.imageId, { ...recordOf(image), announced: told }]] });
    const plan = makePlan(anAccount({ images: [image], journal }), policy, AT);
    return dueNotices(plan, policy).map(({ decision, ...notice }) => notice);
  };
  const told = announced(daysAgo(5));
  const anew = { deprecated: true, isReminder: false };

  test('not while nothing changed', () => expect(noticesAfter(told)).toEqual([]));

  test('where the image has another owner now', () => {
    const notice = { ...anew, disableAt: daysAgo(-9), deregisterAt: daysAgo(-25) };
    expect(noticesAfter({ ...told, owner: 'ann' })).toEqual([notice]);
    expect(noticesAfter(told, POLICY, { tags: { ...deprecated(5).tags, Owner: 'ben' } })).toEqual([notice]);
  });

  test('where a launch began the waits anew, with the new dates', () => {
    expect(noticesAfter(told, POLICY, { lastLaunchedTime: daysAgo(3) })).toEqual([
      { ...anew, disableAt: daysAgo(-11), deregisterAt: daysAgo(-27) },
    ]);
  });

  test('where it heard that nothing further is planned, and now a removal is: after its full notice', () => {
    const none = announced(daysAgo(5), { deregisterFrom: 'none', disableFrom: 'none' });
    expect(noticesAfter(none, oneRule(`${KEEP}, deregister: { after: 6d }`, TELLS))).toEqual([
      { ...anew, deregisterAt: daysAgo(-7) },
    ]);
    expect(noticesAfter(none, oneRule(KEEP, TELLS))).toEqual([]);
  });

  test('where disabling was not promised, unless it would come no earlier than the removal', () => {
    const promised = announced(daysAgo(5), { deregisterFrom: daysAgo(-25), disableFrom: 'none' });
    expect(noticesAfter(promised)).toEqual([{ ...anew, disableAt: daysAgo(-9), deregisterAt: daysAgo(-25) }]);
    const late = oneRule(RULE.replace('14d', '30d'), TELLS);
    expect(noticesAfter(promised, late)).toEqual([]);
  });

  test('and never of an earlier day than it was promised', () => {
    const late = announced(daysAgo(40), { deregisterFrom: daysAgo(-60), disableFrom: daysAgo(-50) });
    expect(noticesAfter(late)).toEqual([{ ...anew, disableAt: daysAgo(-50), deregisterAt: daysAgo(-60) }]);
  });

  test('before the deprecation, where it heard of less than is planned', () => {
    const noticesBefore = (record: Announced, image = anImage()) => {
      const journal = aJournal({ images: [[image.imageId, { announced: record }]] });
      return dueNotices(makePlan(anAccount({ images: [image], journal }), POLICY, AT), POLICY).length;
    };
    expect(noticesBefore(announced(daysAgo(2)))).toBe(0);
    expect(noticesBefore(announced(daysAgo(2)), anImage({ lastLaunchedDaysAgo: 1 }))).toBe(0);
    expect(noticesBefore(announced(daysAgo(2), { deregisterFrom: 'none' }))).toBe(1);
    expect(noticesBefore(announced(daysAgo(2), { disableFrom: 'none' }))).toBe(1);
    expect(noticesBefore(announced(daysAgo(2), { owner: 'ann' }))).toBe(1);
  });
});

describe('without a journal nothing counts as announced, and its tag still spares people', () => {
  const telling = (image: Image) =>
    dueNotices(makePlan(anAccount({ images: [image] }), POLICY, AT), POLICY).map(({ isReminder }) => isReminder);

  test.each([
    ['once it was told', deprecated(20, 19), 0],
    ['on the eve of the deprecation', deprecated(20, 20.9), 0],
    ['unless long before the deprecation', deprecated(20, 30), 1],
    ['unless before a launch', deprecated(20, 19, undefined, { lastLaunchedTime: daysAgo(5) }), 1],
    ['on the eve at its earliest', deprecated(20, 21), 0],
    ['at this very moment', deprecated(20, 0), 0],
    ['unless in the future', deprecated(20, -1), 1],
    ['before the deprecation', anImage({ tags: { [TOLD]: daysAgo(20).toISOString() } }), 0],
  ])('%s', (_, image, times) => expect(telling(image)).toHaveLength(times));

  test.each([
    ['before the deprecation', anImage(), 20],
    ['after it', deprecated(20), 19],
  ])('but with one the tag alone spares nobody: %s', (_, image, told) => {
    const journal = aJournal({ images: [[image.imageId, recordOf(image)]] });
    const tags = { ...image.tags, [TOLD]: daysAgo(told).toISOString() };
    const plan = makePlan(anAccount({ images: [{ ...image, tags }], journal }), POLICY, AT);
    expect(dueNotices(plan, POLICY)).toHaveLength(1);
  });
});

describe('what is recorded of a notice', () => {
  test('is what it said, and to whom', () => {
    const dates = { disableAt: daysAgo(-5), deregisterAt: daysAgo(-9) };
    expect(announcedBy({ ...dates, owner: 'ann', isReminder: false }, AT, undefined)).toStrictEqual({
      at: AT,
      owner: 'ann',
      disableFrom: daysAgo(-5),
      deregisterFrom: daysAgo(-9),
    });
    const more = { deprecateAt: daysAgo(-2), archiveAt: daysAgo(-7) };
    expect(announcedBy({ ...dates, ...more, isReminder: false }, AT, undefined)).toMatchObject({
      deprecateFrom: daysAgo(-2),
      archiveFrom: daysAgo(-7),
    });
    const nothing = { at: AT, disableFrom: 'none', deregisterFrom: 'none' };
    const before = announced(daysAgo(3), { remindedAt: daysAgo(1) });
    expect(announcedBy({ isReminder: false }, AT, before)).toStrictEqual(nothing);
    expect(announcedBy({ isReminder: true }, AT, undefined)).toStrictEqual(nothing);
  });

  test('a reminder moves the dates, and not the time that the notice counts from', () => {
    const reminder = { deregisterAt: daysAgo(-2), isReminder: true };
    expect(announcedBy(reminder, AT, announced(daysAgo(30)))).toEqual({
      at: daysAgo(30),
      disableFrom: 'none',
      deregisterFrom: daysAgo(-2),
      remindedAt: AT,
    });
  });
});

describe('whatever was decided, nobody is told', () => {
  const plan = makePlan(recorded(anAccount({ images: [deprecated(29)] })), POLICY, AT);
  const tellingOf = (images: readonly Image[], policy = POLICY) => {
    const decisions = plan.decisions.flatMap((decision) => images.map((image) => ({ ...decision, image })));
    return dueNotices({ ...plan, decisions }, policy);
  };

  test('but by a mark that can be believed', () => {
    expect(tellingOf([deprecated(29)])).toHaveLength(1);
    expect(tellingOf([anImage()])).toEqual([]);
    expect(
      tellingOf([deprecated(29, undefined, undefined, { tags: { 'ami-janitor:deregister-after': 'x' } })]),
    ).toEqual([]);
  });

  test('by a rule that the policy does not have', () => {
    expect(tellingOf([deprecated(29)], aPolicy(`rules: []\n${TELLS}`))).toEqual([]);
    const due = makePlan(anAccount({ images: [anImage()] }), POLICY, AT);
    expect(dueNotices(due, aPolicy(`rules: []\n${TELLS}`))).toEqual([]);
  });
});

describe('shortly before an image goes its owner is reminded', () => {
  const reminder = (days: number) => ({ deprecated: true, isReminder: true, deregisterAt: daysAgo(-days) });

  test.each([
    ['more than three days before', 26.9, 26, undefined, 0],
    ['three days before', 27, 26, undefined, 1],
    ['when it is about to go', 30, 26, undefined, 1],
    ['within half a day of being told', 29.7, 0.4, undefined, 0],
    ['half a day after being told', 29.7, 0.5, undefined, 1],
    ['after having been reminded', 28, 26, 1, 0],
    ['after having been reminded at this very moment', 28, 26, 0, 0],
    ['after having been told and reminded at once', 28, 26, 26, 0],
    ['after having been reminded in the time before this deprecation', 28, 26, 27, 1],
    ['with a mark from the future', 28, 26, -1, 1],
  ])('%s', (_, days, told, reminded, times) => {
    const image = deprecated(days, told, reminded, { state: 'disabled' });
    const notices = noticesOf([image], oneRule(`${KEEP}, deregister: { after: 30d, notice: 1d }`, TELLS));
    expect(notices).toHaveLength(times);
    if (times > 0) expect(notices[0]).toMatchObject({ deprecated: true, isReminder: true });
  });

  test('with the time of the removal, or now where that is past', () => {
    const policy = oneRule(`${KEEP}, deregister: { after: 30d }`, TELLS);
    expect(noticesOf([deprecated(28, 26)], policy)).toEqual([reminder(2)]);
    expect(noticesOf([deprecated(40, 26)], policy)).toEqual([reminder(0)]);
    expect(noticesOf([deprecated(29, 5)], policy)).toEqual([reminder(2)]);
    expect(noticesOf([deprecated(40, 5)], policy)).toEqual([reminder(2)]);
  });

  test('of what is disabled on the way only while that is still to come', () => {
    const policy = oneRule(`${KEEP}, disable: { after: 30d }, deregister: { after: 30d }`, TELLS);
    expect(noticesOf([deprecated(28, 26)], policy)).toEqual([reminder(2)]);
  });

  test('as early as the policy says', () => {
    const early = TELLS.replace('notify: {', 'notify: { remindBefore: 10d,');
    expect(noticesOf([deprecated(20, 20)], oneRule(`${KEEP}, deregister: { after: 30d }`, early))).toEqual([
      reminder(10),
    ]);
  });
});
