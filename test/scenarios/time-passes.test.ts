import { describe, expect, it } from 'vitest';
import { StoryAccount, tell } from './account.ts';

/** Runs that forgot what an earlier run did, or did it again for ever. */
describe('from run to run', () => {
  it('a deprecation date is set once, so that its days pass (cloud-custodian set-deprecation)', async () => {
    const account = new StoryAccount();
    const image = account.image('webapp-2023', { deprecatedDaysAgo: 10 });
    const early = await tell(account.state);
    expect(early.taken).toEqual([]);
    expect(early.report.images.find(({ imageId }) => imageId === image)).toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'waiting', days: 10, ofDays: 30 })]),
      next: { decision: 'deregister', at: account.daysAgo(-20).toISOString() },
    });
    const later = await tell(account.state, { at: account.daysAgo(-20) });
    expect(later.report.passes.flatMap(({ actions }) => actions.map(({ action }) => action))).toEqual(['deregister']);
    expect(later.taken).toEqual([image]);
  });

  it('what was marked and is used again is given back, not removed (Netflix/SimianArmy, guardian/amigo)', async () => {
    const account = new StoryAccount();
    const image = account.image('webapp-2023');
    expect((await tell(account.state)).taken).toEqual([image]);
    account.instance(image);
    const { taken, report } = await tell(account.state);
    expect(taken).toEqual([]);
    expect(report.passes.flatMap(({ actions }) => actions)).toEqual([
      { action: 'reinstate', imageId: image, liftDeprecation: true, enable: false },
    ]);
  });
});
