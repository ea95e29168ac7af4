import { describe, expect, it } from 'vitest';
import { StoryAccount, tell } from './account.ts';
import { EVERY_KIND, POLICY_OF_EVERY_KIND } from './every-kind.ts';

/** Every image is referenced in one way alone; each reference says what to look up, where in it, and who names it. */
describe('a reference is precise enough to act on', async () => {
  const account = new StoryAccount();
  // With nothing else there, the S3 place of the policy must still exist.
  account.state.buckets.set('runbooks', new Map());
  const unused = account.image('unused');
  const made = Object.entries(EVERY_KIND).map(([kind, add]) => {
    const imageId = account.image(kind);
    return { kind, imageId, expected: add(account, imageId) };
  });
  const { taken, referencesOf, report } = await tell(account.state, { policy: POLICY_OF_EVERY_KIND });

  it.each(made)('$kind', ({ imageId, expected }) => {
    expect(referencesOf(imageId)).toEqual([expected]);
  });

  it('and only the unused image goes', () => {
    expect(taken).toEqual([unused]);
    expect(report.complete).toBe(true);
    expect(report.dangling.map(({ missing }) => missing)).toEqual([]);
  });
});
