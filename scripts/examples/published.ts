import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, group, type ImageWish, image, template } from './scenery.ts';

/** A publisher: everybody may launch its releases. */
export function published(draft: Draft): void {
  const retired = deprecation('published releases', 365);
  const release = (name: string, ageDays: number, wish: Partial<ImageWish> = {}) => {
    const own = wish.deprecated ? {} : { DeprecationTime: draft.isoDaysAgo(ageDays - 730) };
    const { ImageId } = image(draft, name, { ageDays, ...wish }, { Public: true, ...own });
    draft.state.launchPermissions.set(ImageId, [{ Group: 'all' }]);
    return ImageId;
  };
  for (const number of [30, 29, 28]) release(`release-${number}`, (31 - number) * 60);
  release('release-27', 240);
  const named = release('release-26', 300);
  group(draft, 'canary', template(draft, 'canary', [named]), '$Default');
  release('release-25', 800);
  release('release-24', 900, retired(100));
  report(draft, release('release-23', 960, retired(366)), []);
  report(draft, release('release-22', 1020, retired(366)), ['999999999999']);
  release('release-21', 1080, retired(366));
  release('nightly', 400);
  image(draft, 'release-candidate', { ageDays: 20 });
}

/** What AWS said yesterday of who uses an image. */
function report(draft: Draft, imageId: string, accountIds: readonly string[]): void {
  const reportId = `amiur-${imageId.slice(4)}`;
  draft.state.imageUsageReports.set(reportId, {
    reportId,
    imageId,
    accountIds: [],
    resourceTypes: [
      { type: 'ec2:Instance' },
      { type: 'ec2:LaunchTemplate', versionDepth: 10_000 },
      { type: 'imagebuilder:ImageRecipe' },
      { type: 'imagebuilder:ContainerRecipe' },
    ],
    createdAt: draft.daysAgo(1),
    tags: [],
    entries: accountIds.map((AccountId) => ({
      ReportId: reportId,
      ImageId: imageId,
      AccountId,
      ResourceType: 'ec2:Instance',
      UsageCount: 2,
    })),
  });
}
