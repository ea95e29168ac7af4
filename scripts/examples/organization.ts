import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { Draft } from '../../sandbox/seed/draft.ts';
import type { Account, AccountUse, UsageReading } from '../../src/model/account.ts';
import type { ImageId } from '../../src/model/ids.ts';
import type { Reference } from '../../src/model/reference.ts';
import { image } from './scenery.ts';

const [PROD, STAGING, LOCKED_OUT, PARTNER] = ['210987654321', '345678901234', '456789012345', '678901234567'] as const;
const TAGS = { Family: 'company-base', Owner: '#platform' };

/** The account of the golden images, in an organization of which most is read. */
export function organization(draft: Draft): void {
  const shared = (
    name: string,
    ageDays: number,
    permissions: readonly LaunchPermission[],
    deprecatedDaysAgo?: number,
  ) => {
    const deprecated = deprecatedDaysAgo && {
      daysAgo: deprecatedDaysAgo,
      rule: 'company images',
      deregisterAfterDays: 30,
    };
    const { ImageId } = image(draft, name, { ageDays, tags: TAGS, ...(deprecated && { deprecated }) });
    draft.state.launchPermissions.set(ImageId, [...permissions]);
  };
  const everyone = [{ OrganizationArn: `arn:aws:organizations::${draft.state.accountId}:organization/o-a1b2c3d4e5` }];
  shared('company-base-2026-11', 15, everyone);
  shared('company-base-2026-10', 45, everyone);
  shared('company-base-2026-07', 137, everyone);
  shared('company-base-2026-04', 228, everyone);
  shared('company-base-2026-01', 318, everyone);
  shared('company-base-2025-10', 410, [{ UserId: PROD }, { UserId: STAGING }]);
  shared('company-base-2025-07', 502, [{ UserId: PROD }, { UserId: LOCKED_OUT }]);
  shared('company-base-2025-04', 593, [{ UserId: PARTNER }]);
  shared('company-base-2025-01', 683, [{ UserId: PARTNER }]);
  // Marked 20 days ago, and the report was made before a week had passed.
  shared('company-base-2024-10', 774, [{ UserId: PARTNER }], 20);
  shared('company-base-2024-07', 866, [{ UserId: PARTNER }], 40);
  // Marked, and then an account began to use it.
  shared('company-base-2024-04', 957, [{ UserId: STAGING }], 40);
  // Disabled by an earlier run, which saved whom it was shared with.
  const saved = { 'ami-janitor:disabled-at': draft.isoDaysAgo(15), 'ami-janitor:launch-permissions': LOCKED_OUT };
  image(
    draft,
    'company-base-2024-01',
    {
      ageDays: 1049,
      tags: { ...TAGS, ...saved },
      deprecated: { daysAgo: 40, rule: 'company images', deregisterAfterDays: 30 },
    },
    { State: 'disabled' },
  );
}

/** What a run over the organization adds to the account: other accounts' uses, and what is known of those accounts. */
export function acrossOrganization(account: Account): Account {
  const idOf = (name: string): ImageId => {
    const found = account.images.find((one) => one.name === name);
    if (!found) throw new Error(`the example has no image ${name}`);
    return found.imageId;
  };
  const uses: [string, Reference][] = [
    ['company-base-2026-07', from(PROD, 'eu-west-1', { ...TEMPLATE, namedBy: ['Auto Scaling group "checkout"'] })],
    [
      'company-base-2026-04',
      from(STAGING, 'eu-central-1', {
        kind: 'ec2:Image',
        resource: 'ami-0c0ffee0c0ffee0c0',
        detail: 'a copy in eu-central-1 that ec2:Instance i-0c0ffee0c0ffee0c0 uses',
        namedBy: [],
      }),
    ],
    [
      'company-base-2024-04',
      from(STAGING, 'eu-west-1', {
        kind: 'ec2:Instance',
        resource: 'i-0123456789abcdef0',
        detail: 'running',
        namedBy: [],
      }),
    ],
  ];
  const report = (daysAgo: number, ...entries: AccountUse[]): UsageReading => ({
    status: 'available',
    reportId: `imgreport-${String(daysAgo).padStart(17, '0')}`,
    createdAt: new Date(account.observedAt.getTime() - daysAgo * 86_400_000),
    entries,
  });
  const usage: [string, UsageReading][] = [
    ['company-base-2026-01', report(3, { accountId: PARTNER, resourceType: 'ec2:Instance', count: 12 })],
    ['company-base-2025-04', report(3)],
    ['company-base-2025-01', { status: 'pending', createdAt: account.observedAt }],
    ['company-base-2024-10', report(14)],
    ['company-base-2024-07', report(2)],
  ];
  return {
    ...account,
    references: {
      ...account.references,
      images: new Map([...account.references.images, ...uses.map(([name, use]) => [idOf(name), [use]] as const)]),
    },
    crossAccountUsage: {
      read: new Set([account.target.accountId, PROD, STAGING]),
      unread: new Map([[LOCKED_OUT, 'eu-west-1: the role could not be assumed: AccessDenied']]),
      allowedImages: new Map([PROD, STAGING].map((accountId) => [accountId, { status: 'read', criteria: [] }])),
      usage: new Map(usage.map(([name, reading]) => [idOf(name), reading])),
    },
  };
}

const TEMPLATE: Reference = {
  kind: 'ec2:LaunchTemplate',
  resource: 'lt-0a1b2c3d4e5f60718',
  detail: '"checkout" version 7',
  namedBy: [],
};

function from(accountId: string, region: string, reference: Reference): Reference {
  return { ...reference, accountId, region };
}
