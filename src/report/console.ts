import { REGION } from '../model/ids.ts';
import type { ReportReference } from './shape.ts';

/** What stands after a Region in the name of its console's host. */
export function consoleDomain(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('eusc-')) return 'console.amazonaws-eusc.eu';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}

/** Isolated partitions, whose consoles' hosts are not public. */
const ISOLATED = /^(?:us-iso|eu-isoe)/;

/** EC2's console in a Region, up to the fragment that names a resource; empty where that is not known. */
export function ec2Console(region: string): string {
  if (!REGION.test(region) || ISOLATED.test(region)) return '';
  return `https://${region}.${consoleDomain(region)}/ec2/home?region=${region}#`;
}

/** The fragment of EC2's console that shows what a reference names in the report's own account and Region; empty where there is none. */
export function consoleFragment(
  { kind, resource, accountId, region }: ReportReference,
  target: { readonly accountId: string; readonly region: string },
): string {
  if ((accountId ?? target.accountId) !== target.accountId || (region ?? target.region) !== target.region) return '';
  const id = encodeURIComponent(resource.toWellFormed());
  if (kind === 'ec2:LaunchTemplate') return `LaunchTemplateDetails:launchTemplateId=${id}`;
  if (kind === 'autoscaling:AutoScalingGroup') return `AutoScalingGroupDetails:id=${id};view=details`;
  return kind === 'ec2:Instance' ? `InstanceDetails:instanceId=${id}` : '';
}
