import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, image } from './scenery.ts';

/** A central account builds for forty others; what they launch can't be seen from here. */
export function centralAccount(draft: Draft): void {
  const { state } = draft;
  const tags = { Family: 'company-base', Owner: '#platform' };
  const since = deprecation('company images', 90);
  const shared = (
    name: string,
    ageDays: number,
    permissions: readonly LaunchPermission[],
    launchedDaysAgo?: number,
  ) => {
    const wish = { ageDays, tags, ...(launchedDaysAgo === undefined ? {} : { launchedDaysAgo }) };
    const { ImageId } = image(draft, name, wish);
    state.launchPermissions.set(ImageId, [...permissions]);
  };
  const organization = { OrganizationArn: `arn:aws:organizations::${state.accountId}:organization/o-a1b2c3d4e5` };
  const unit = { OrganizationalUnitArn: `arn:aws:organizations::${state.accountId}:ou/o-a1b2c3d4e5/ou-ab12-34cd56ef` };
  shared('company-base-2026-11', 15, [organization]);
  shared('company-base-2026-10', 45, [organization]);
  shared('company-base-2026-07', 137, [organization]);
  // The last launch that the owner sees is of its own account: it says nothing of the forty others.
  shared('company-base-2026-04', 228, [organization], 200);
  shared('company-base-2026-01', 318, [unit]);
  shared('company-base-2025-10', 410, [{ UserId: '210987654321' }, { UserId: '345678901234' }]);
  // Withdrawn from everyone: now it is decided like any other.
  shared('company-base-2025-07', 502, []);
  shared('company-base-2025-04', 593, []);
  const published = image(draft, 'company-base-2025-01', { ageDays: 683, tags }, { Public: true });
  state.launchPermissions.set(published.ImageId, [{ Group: 'all' }]);
  image(draft, 'company-base-2024-10', {
    ageDays: 774,
    tags,
    ...since(95),
  });
  // Withdrawn, deprecated, and then shared again with one account.
  const again = image(draft, 'company-base-2024-07', {
    ageDays: 866,
    tags,
    ...since(95),
  });
  state.launchPermissions.set(again.ImageId, [{ UserId: '456789012345' }]);
}
