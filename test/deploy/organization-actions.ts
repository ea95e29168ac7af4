import { MEMBER } from '../builders/organization.ts';
import { IMAGE, type Row } from './actions.ts';
import { ACCOUNT, REGION } from './template.ts';

/** What only the organization's functions ask of a member. */
export const MEMBER_READS: readonly Row[] = [
  { action: 'ec2:DescribeRegions' },
  { action: 'ssm:GetParameter', resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${MEMBER.templateParameter}` },
];
export const MEMBER_WRITES: readonly Row[] = [{ action: 'ec2:CancelImageLaunchPermission', resource: IMAGE }];

/** What they call beside that, as the code names it. */
export const ORGANIZATION_CALLS = [
  'organizations.ListAccounts',
  'organizations.ListAccountsForParent',
  'organizations.ListOrganizationalUnitsForParent',
  'sts.AssumeRole',
  ...[...MEMBER_READS, ...MEMBER_WRITES].map(({ action }) => action.replace(':', '.')),
];
