import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import type { Clients } from '../../aws/clients.ts';
import { listOf } from '../../aws/pages.ts';

/** Every Region that there is, enabled or not, and what AWS says of it: `opt-in-not-required`, `opted-in`, `not-opted-in`. */
export async function readRegions({ ec2 }: Clients): Promise<Map<string, string>> {
  const { Regions } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  return new Map(
    listOf(Regions, 'Regions').map(({ RegionName = '', OptInStatus = 'opt-in-not-required' }) => [
      RegionName,
      OptInStatus,
    ]),
  );
}

/** Why a Region is no target in an account; nothing where it is one. */
export async function whyNotEnabled(clients: Clients, region: string): Promise<string | undefined> {
  const status = (await readRegions(clients)).get(region);
  if (status === undefined) return `AWS knows no Region ${region}`;
  return status === 'not-opted-in' ? `the Region ${region} is not enabled in the account` : undefined;
}
