import { CreateImageUsageReportCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { inCalls, isWhole, RESOURCE_TYPES, readReports } from '../inventory/usage-reports.ts';
import type { ImageId } from '../model/ids.ts';
import { usageReportsToAskFor } from '../plan/missing-details.ts';
import type { ExecuteRequest } from './enforcement.ts';

/**
 * Asks AWS for the usage reports without which a plan's public images can't go; at most as many as the policy lets a pass
 * do. Where other accounts are read too, who reads them asks.
 */
export async function askAboutPublicImages({ plan, policy, options }: ExecuteRequest): Promise<void> {
  if (options.others !== undefined || !plan.passes.some(({ pass }) => pass === 'deregister')) return;
  const wanted = usageReportsToAskFor(plan.decisions, plan.at).slice(0, policy.limits.perRun);
  const { problems } = await askForUsageReports(options.clients.ec2, wanted);
  for (const problem of problems) options.onWarning(problem);
}

/** Asks AWS for a report on each of some images for which none is being made; what failed is said in sentences. */
export async function askForUsageReports(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
): Promise<{ readonly asked: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  let asked = 0;
  try {
    const reports = await inCalls(imageIds, (some) => readReports(ec2, some), noneOf);
    const pending = new Set(reports.filter((one) => one.State === 'pending' && isWhole(one)).map((one) => one.ImageId));
    for (const ImageId of imageIds.filter((id) => !pending.has(id))) {
      try {
        await ec2.send(new CreateImageUsageReportCommand({ ImageId, ResourceTypes: RESOURCE_TYPES }));
        asked += 1;
      } catch (error) {
        problems.push(`no usage report could be asked for on ${ImageId}: ${failureOf(error).sentence}`);
      }
    }
  } catch (error) {
    problems.push(`the usage reports could not be asked for: ${failureOf(error).sentence}`);
  }
  return { asked, problems };
}

/** An image that is gone has no reports; whatever else went wrong, nobody knows what is being made. */
function noneOf(_: readonly ImageId[], error: unknown): [] {
  if (failureOf(error).kind !== 'not-found') throw error;
  return [];
}
