import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { BUCKET, deprecatedAt, EARLIER_RUN, recorded, recordOf } from '../builders/journal.ts';
import { actOn, policyOf, tagsOf } from '../execute/acting.ts';
import { NOW, StoryAccount, tell } from './account.ts';

const SHARED = [{ UserId: '210987654321' }, { UserId: '345678901234' }];
const DISABLE = policyOf('disable: { after: 30d }');

/** A story whose images' deprecation is on record, as the tags tell it. */
async function aStory(...names: string[]) {
  const story = new StoryAccount();
  const images = names.map((name) => story.image(name));
  await recorded(
    story.state,
    images.map((id) => deprecatedAt(id, story.daysAgo(60))),
  );
  return { story, images };
}

const fails =
  (operation: string, kind: Fault['kind'] = 'access-denied', which: (call: Call) => boolean = () => true) =>
  (call: Call): Fault | undefined =>
    call.operation === operation && which(call) && kind !== undefined ? { kind } : undefined;
const isJournal = ({ input }: Call) => JSON.stringify(input).includes('journal/');
const writesJournal = (call: Call) => call.operation === 'PutObject' && isJournal(call);

describe('what a run writes down', () => {
  it('before an image is deregistered: that it is being removed, and its snapshots with it', async () => {
    const { story, images } = await aStory('old');
    const [image = ''] = images;
    const snapshot = story.snapshotOf(image);
    const order: string[] = [];
    let before: unknown;
    const { report, of, calls } = await actOn(story, {
      intercept: (call) => {
        order.push(writesJournal(call) ? 'journal' : call.operation);
        if (call.operation !== 'DeregisterImage') return undefined;
        return {
          before: async () => {
            before = { image: await recordOf(story.state, image), snapshot: await recordOf(story.state, snapshot) };
          },
        };
      },
    });
    expect([of(image), of(snapshot)]).toEqual(['done', 'done']);
    expect(before).toMatchObject({
      image: { removing: { at: NOW, runId: report.runId } },
      snapshot: { claimed: { at: NOW, runId: report.runId, imageId: image, state: 'deleting' } },
    });
    expect(await recordOf(story.state, snapshot)).toMatchObject({ claimed: { state: 'deleted' } });
    expect(order.indexOf('journal')).toBeLessThan(order.indexOf('CreateTags'));
    expect(calls.entries.filter(writesJournal)).toHaveLength(2);
  });

  it('of thirty images in six objects, one before and one after each ten', async () => {
    const { story } = await aStory(...Array.from({ length: 30 }, (_, index) => `old ${index}`));
    const { calls } = await actOn(story);
    expect(calls.entries.filter(({ operation }) => operation === 'DeregisterImage')).toHaveLength(30);
    expect(calls.entries.filter(writesJournal)).toHaveLength(6);
  });

  it('before an image is disabled: whom it is shared with this moment', async () => {
    const { story, images } = await aStory('old');
    const [image = ''] = images;
    story.state.launchPermissions.set(image, SHARED);
    const { of } = await actOn(story, {
      policy: { ...DISABLE, references: { ...DISABLE.references, sharedImages: 'evaluate' } },
    });
    expect(of(image)).toBe('done');
    expect(await recordOf(story.state, image)).toMatchObject({
      disabled: { at: NOW, launchPermissions: ['210987654321', '345678901234'] },
    });
  });

  it('before an image is deprecated: since when', async () => {
    const story = new StoryAccount();
    const image = story.image('due', { deprecatedDaysAgo: null });
    await recorded(story.state, []);
    await actOn(story);
    expect(await recordOf(story.state, image)).toMatchObject({ deprecated: { at: NOW } });
  });
});

describe('the journal', () => {
  it.each([
    ['deregister', policyOf('deregister: { after: 30d }, snapshots: delete'), /^(DeregisterImage|CreateTags)$/],
    ['disable', DISABLE, /^(DisableImage|CreateTags)$/],
  ])("does nothing that can't be written down (%s)", async (_, policy, acts) => {
    const { story, images } = await aStory('old', 'older');
    const before = structuredClone([...story.state.images]);
    const { of, calls } = await actOn(story, {
      policy,
      intercept: fails('PutObject', 'access-denied', isJournal),
    });
    for (const image of images)
      expect(of(image)).toMatch(/^failed: it could not be written down in the journal before/);
    expect(calls.entries.filter(({ operation }) => acts.test(operation))).toEqual([]);
    expect([...story.state.images]).toEqual(before);
  });

  it.each(['GetObject', 'ListObjectsV2'])("keeps everything where it can't be read (%s)", async (operation) => {
    const { story, images } = await aStory('old');
    const { report, calls } = await actOn(story, {
      intercept: fails(operation, 'access-denied', isJournal),
    });
    expect(report.sources.find(({ name }) => name === 'journal')).toMatchObject({ status: 'unreadable' });
    expect(report.complete).toBe(false);
    expect(calls.writes()).toEqual([]);
    expect(images.every((id) => story.state.images.has(id))).toBe(true);
  });

  it.each([
    ['deregister', 'DeregisterImage', policyOf('deregister: { after: 30d }, snapshots: delete')],
    ['disable', 'DisableImage', DISABLE],
  ])('leaves no claim behind where EC2 refuses (%s)', async (action, operation, policy) => {
    const { story, images } = await aStory('old');
    const [image = ''] = images;
    const before = structuredClone(resources(story));
    const { of } = await actOn(story, { policy, intercept: fails(operation) });
    expect(of(image)).toMatch(/^failed: access denied/);
    expect(resources(story)).toEqual(before);
    const record = await recordOf(story.state, image);
    expect(record).toEqual({
      deprecated: { at: story.daysAgo(60), runId: EARLIER_RUN },
      refused: { action, reason: expect.stringContaining('access denied'), firstAt: NOW, lastAt: NOW, times: 1 },
    });
    expect(await recordOf(story.state, story.snapshotOf(image))).toEqual({});
  });

  it('is folded by a run that has nothing to do, and by no dry run', async () => {
    const story = new StoryAccount();
    const image = story.image('young', { ageDays: 1, deprecatedDaysAgo: null });
    for (let days = 12; days > 0; days -= 1) {
      const at = story.daysAgo(days);
      await recorded(story.state, [deprecatedAt(image, at)], at);
    }
    const objects = () => [...(story.state.buckets.get(BUCKET)?.keys() ?? [])].filter((key) => /^journal/.test(key));
    await tell(story.state);
    expect(objects()).toHaveLength(12);
    const { report } = await actOn(story, { policy: policyOf('deregister: { after: 30d }') });
    expect(report.outcomes).toEqual([]);
    expect(objects()).toEqual([expect.stringMatching(/base\.json$/)]);
    expect(await recordOf(story.state, image)).toMatchObject({ deprecated: { at: story.daysAgo(1) } });
  });

  it('that can’t be folded, and a lock that can’t be given back, are told at the run’s end', async () => {
    const { story, images } = await aStory('old');
    for (let days = 12; days > 0; days -= 1)
      await recorded(story.state, [deprecatedAt(images[0] ?? '', story.daysAgo(60))], story.daysAgo(days));
    const warnings: string[] = [];
    const { of } = await actOn(story, {
      onWarning: (sentence) => warnings.push(sentence),
      intercept: ({ operation }) =>
        operation === 'DeleteObject' || operation === 'DeleteParameter' ? { kind: 'access-denied' } : undefined,
    });
    expect([images.map(of), warnings]).toEqual([
      ['done'],
      [
        expect.stringMatching(/^the journal's entries could not be folded and stay as they are: access denied/),
        expect.stringMatching(/^the lock could not be given back and expires by itself: access denied/),
      ],
    ]);
  });

  it('keeps what it began where nobody knows whether EC2 did it', async () => {
    const { story, images } = await aStory('old');
    const [image = ''] = images;
    const { of } = await actOn(story, { intercept: fails('DeregisterImage', 'drop-before') });
    expect(of(image)).toMatch(/^failed: /);
    expect(tagsOf(story, image)).toHaveProperty('ami-janitor:deregister-run');
    expect(await recordOf(story.state, image)).toHaveProperty('removing');
  });
});

function resources({ state }: StoryAccount) {
  return [[...state.images], [...state.snapshots]];
}
