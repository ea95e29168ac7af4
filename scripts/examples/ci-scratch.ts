import type { Draft } from '../../sandbox/seed/draft.ts';
import { addSnapshot, volume } from '../../sandbox/seed/images.ts';
import { image, instance } from './scenery.ts';

/** A pipeline that makes an image of every branch, and what people did with some of them. */
export function ciScratch(draft: Draft): void {
  const tags = { Environment: 'ci', Owner: '#build' };
  const rule = 'scratch images of branches';
  image(draft, 'ci-main-4f2a91c', { ageDays: 0.5, tags });
  image(draft, 'ci-main-b7710de', { ageDays: 4, tags });
  image(draft, 'ci-main-09ac3f2', { ageDays: 6, tags });
  // Nobody has worked on this branch for a month, and its newest build stays all the same.
  image(draft, 'ci-login-form-77aa012', { ageDays: 31, tags });
  image(draft, 'ci-login-form-5d10bb9', { ageDays: 33, tags });
  const debugged = image(draft, 'ci-login-form-c0ffee1', { ageDays: 35, tags });
  instance(draft, 'why-does-it-hang', debugged.ImageId);
  image(draft, 'ci-payments-1234abc', { ageDays: 9, tags });
  image(draft, 'ci-payments-2234abc', { ageDays: 10, tags: { ...tags, 'ami-janitor:keep': '2026-11-28' } });
  image(draft, 'ci-payments-3234abc', { ageDays: 11, tags: { ...tags, 'ami-janitor:keep': '2026-11-14' } });
  image(draft, 'ci-payments-4234abc', { ageDays: 12, tags: { ...tags, 'ami-janitor:keep': 'until the release' } });
  image(draft, 'ci-payments-5234abc', {
    ageDays: 13,
    tags,
    deprecated: { daysAgo: 2, rule, deregisterAfterDays: 1 },
  });
  // Two images of one snapshot: the snapshot waits for the second.
  const shared = addSnapshot(draft, { ageDays: 14, sizeGiB: 8, Description: 'registered twice by the pipeline' });
  const given = { BlockDeviceMappings: [volume('/dev/xvda', shared, 8)] };
  const deprecated = { daysAgo: 3, rule, deregisterAfterDays: 1 };
  image(draft, 'ci-search-aaaaaa1', { ageDays: 14, tags, deprecated }, given);
  image(draft, 'ci-search-aaaaaa2', { ageDays: 13.5, tags }, given);
  // Named by hand: no branch can be told from it.
  image(draft, 'ci-test', { ageDays: 50, tags });
  image(draft, 'ci-runner-2026-10', { ageDays: 40, tags: { Environment: 'prod', Owner: '#build' } });
}
