import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/model/policy.ts';
import { aPolicy } from '../../builders/policy.ts';
import { actOn } from '../../execute/acting.ts';
import { NOW, StoryAccount } from '../../scenarios/account.ts';
import { SlackServer, textsIn } from '../slack-server.ts';
import { VirtualTime } from '../virtual-time.ts';
import { type Morning, recordOf, tellWithJournal } from './telling-story.ts';

const DAY = 86_400_000;
const ANN = 'DU00000ANN';
const policyOf = (steps: string) =>
  aPolicy(`
references: { sharedImages: evaluate }
rules: [{ name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {}, ${steps} }]
limits: { perRun: 100, stopAbove: 100% }
notify: { slack: { token: "ssm:/x", channel: "#platform" } }
`);
const POLICY = policyOf('disable: { after: 40d }, deregister: { after: 60d }');

let slack: SlackServer;
let story: StoryAccount;
let time: VirtualTime;
beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.people.push({ id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' });
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' });
  story = new StoryAccount();
  time = new VirtualTime(NOW);
  slack.now = time.now;
  slack.onSilence = time.silence;
});
afterEach(() => slack.close());

const ofAnn = { tags: { Owner: 'ann@example.com' }, deprecatedDaysAgo: null } as const;

async function tell(given: Partial<Morning> = {}) {
  const timing = time.timing(new Date(time.milliseconds + 900_000), 90_000);
  return tellWithJournal({ story, slack, policy: POLICY, now: time.now, timing, ...given });
}

const record = async (id: string) => (await recordOf(story, id, time.now)).announced;
const tagsOf = (id: string) =>
  Object.fromEntries((story.state.images.get(id)?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
const toAnn = () => slack.posted.filter(({ channel }) => channel === ANN);
const textOf = (message: { blocks: readonly unknown[] } | undefined) => textsIn(message?.blocks ?? []).join('\n');

describe('what an owner was told', () => {
  it('is recorded as the message said it: to whom, and before which days nothing happens', async () => {
    const id = story.image('old', ofAnn);
    expect(await tell()).toMatchObject({ announced: 1, problems: [] });
    const announced = await record(id);
    const [disable, deregister] = [new Date(NOW.getTime() + 40 * DAY), new Date(NOW.getTime() + 60 * DAY)];
    expect(announced).toEqual({
      at: expect.any(Date),
      owner: 'ann@example.com',
      disableFrom: disable,
      deregisterFrom: deregister,
    });
    const days = [disable, deregister].map((date) => date.toISOString().slice(0, 10));
    expect(textOf(toAnn()[0])).toContain(`disabled on ${days[0]}, deregistered on ${days[1]}, not earlier`);
    expect(tagsOf(id)['ami-janitor:promised-until']).toBe(deregister.toISOString());
  });

  it('that nothing further is planned is recorded too', async () => {
    const id = story.image('old', ofAnn);
    await tell({ policy: policyOf('snapshots: keep') });
    expect(await record(id)).toMatchObject({ disableFrom: 'none', deregisterFrom: 'none' });
    expect(tagsOf(id)['ami-janitor:promised-until']).toBe('none');
  });

  it('counts only where it could be recorded: else the owner hears again', async () => {
    const id = story.image('old', ofAnn);
    const intercept: Morning['intercept'] = ({ operation }) =>
      operation === 'PutObject' ? { kind: 'access-denied' } : undefined;
    const { problems } = await tell({ intercept });
    expect(problems.join()).toMatch(/could not be recorded, so it is announced again/);
    expect(await record(id)).toBeUndefined();
    expect(tagsOf(id)).not.toHaveProperty('ami-janitor:announced-at');
  });
});

describe('a second try', () => {
  it('finds in the conversation what the first one told and did not write down, with the dates that it said', async () => {
    const ids = ['one', 'two', 'three'].map((name) => story.image(name, ofAnn));
    const first = time.now();
    // Killed between Slack's confirmation and the record: nothing that AWS is asked to write comes through.
    await tell({ intercept: ({ operation }) => (operation === 'PutObject' ? { kind: 'drop-before' } : undefined) });
    expect(toAnn()).toHaveLength(1);
    await time.pass(DAY);
    ids.push(story.image('four', ofAnn));
    expect(await tell({ unfinishedSince: first })).toMatchObject({ announced: 4, problems: [] });
    expect(toAnn()).toHaveLength(2);
    expect(textOf(toAnn()[1])).toContain(ids[3]);
    expect(textOf(toAnn()[1])).not.toContain(ids[0]);
    const [one, four] = [await record(ids[0] ?? ''), await record(ids[3] ?? '')];
    expect(one?.deregisterFrom).toEqual(new Date(first.getTime() + 60 * DAY));
    expect(one?.at.getTime()).toBeLessThan(first.getTime() + DAY / 2);
    expect(four?.deregisterFrom).toEqual(new Date(first.getTime() + 61 * DAY));
  });

  it('finds what stands in a thread as well', async () => {
    const ids = Array.from({ length: 90 }, (_, number) => story.image(`image-${number}`, ofAnn));
    const first = time.now();
    await tell({ intercept: ({ operation }) => (operation === 'PutObject' ? { kind: 'drop-before' } : undefined) });
    expect(toAnn()).toHaveLength(4);
    expect(await tell({ unfinishedSince: first })).toMatchObject({ announced: ids.length, messages: 0 });
    expect(toAnn()).toHaveLength(4);
  });
});

describe('what was told once', () => {
  it('does not stand for what is promised anew: a removal that was not promised is announced, though a telling was cut short', async () => {
    const id = story.image('old', ofAnn);
    const first = time.now();
    await tell({ policy: policyOf('snapshots: keep') });
    await time.pass(DAY / 4);
    expect(await tell({ unfinishedSince: first })).toMatchObject({ announced: 1, messages: 1 });
    expect(await record(id)).toMatchObject({ deregisterFrom: new Date(first.getTime() + 60 * DAY + DAY / 4) });
    expect(toAnn()).toHaveLength(2);
  });

  it('to another owner is told to the present one', async () => {
    slack.people.push({ id: 'U00000BOB', name: 'bob', mail: 'bob@example.com' });
    const id = story.image('old', ofAnn);
    await tell();
    const image = story.state.images.get(id);
    if (image) image.Tags = [{ Key: 'Owner', Value: 'bob@example.com' }];
    await time.pass(DAY);
    expect(await tell()).toMatchObject({ announced: 1 });
    expect(slack.posted.at(-2)?.channel).toBe('DU00000BOB');
    expect(await record(id)).toMatchObject({ owner: 'bob@example.com' });
  });
});

it('a day that was told holds though the image was given back meanwhile and the policy tells nobody any more', async () => {
  const id = story.image('old', ofAnn);
  const hasty = aPolicy(`
rules: [{ name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 2d } }]
limits: { perRun: 100, stopAbove: 100% }
undo: none
`);
  const act = (policy: Policy, days: number) => actOn(story, { policy, at: new Date(NOW.getTime() + days * DAY) });
  await tell();
  await act(POLICY, 0.1);
  const template = story.template('web', [id]);
  await act(POLICY, 1);
  expect(tagsOf(id)).toEqual({ Owner: 'ann@example.com' });
  story.state.launchTemplates.delete(template);
  for (const days of [2, 10, 59]) {
    await act(hasty, days);
    expect(story.state.images.has(id), `day ${days}`).toBe(true);
  }
  await act(hasty, 61);
  expect(story.state.images.has(id)).toBe(false);
});

it('an announcement that was withdrawn with what it told of is made again, and not before the day that was told', async () => {
  const id = story.image('old', ofAnn);
  const act = (policy = POLICY) => actOn(story, { policy, at: time.now() });
  await tell();
  await act();
  const template = story.template('web', [id]);
  await act();
  story.state.launchTemplates.delete(template);
  await time.pass(DAY / 4);
  const harsh = policyOf('disable: { after: 1d }, deregister: { after: 2d }');
  expect(await tell({ policy: harsh })).toMatchObject({ announced: 1, messages: 1 });
  expect(await record(id)).toMatchObject({ deregisterFrom: new Date(NOW.getTime() + 60 * DAY) });
});

describe('a tag that can’t be written', () => {
  it.each([
    ['for lack of a permission', () => ({ kind: 'access-denied' as const })],
    ['for the limit of tags', undefined],
  ])('%s takes no announcement back, and the platform hears of it once', async (_, fault) => {
    const id = story.image('old', ofAnn);
    const others = fault === undefined ? [] : ['two', 'three'].map((name) => story.image(name, ofAnn));
    const image = story.state.images.get(id);
    if (image && fault === undefined)
      image.Tags = [...(image.Tags ?? []), ...Array.from({ length: 48 }, (__, n) => ({ Key: `t${n}`, Value: '' }))];
    const given = fault && {
      intercept: ({ operation }: { operation: string }) => (operation === 'CreateTags' ? fault() : undefined),
    };
    const { problems } = await tell({ ...given });
    expect(problems.join()).toMatch(
      /could not be tagged ami-janitor:announced-at, and its announcement stands in the journal/,
    );
    // One denial, however many images it is about; and what is announced is not announced again.
    expect(problems).toHaveLength(1);
    for (const one of [id, ...others]) expect(await record(one)).toBeDefined();
    await time.pass(DAY);
    expect(await tell({ ...given })).toMatchObject({ announced: 0, messages: 0, problems: [] });
  });
});
