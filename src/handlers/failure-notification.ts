import { createClients } from '../aws/clients.ts';
import { deliveryFor } from '../notify/delivery-for.ts';
import type { FailedRun } from '../notify/failure-message.ts';
import { timingUntil } from '../notify/slack/timing.ts';
import { RunFailedError } from './errors.ts';
import type { NotificationContext } from './notification.ts';
import { loadPolicy } from './policy-source.ts';

/** The function's answer where it was told of failed runs. */
export interface FailuresAnswer {
  readonly told: number;
}

/** Tells the platform's people that runs failed, and does nothing else; says so where the policy names nobody to tell. */
export async function notifyOfFailures(
  failedRuns: readonly FailedRun[],
  { environment, apiUrl, logger, clock, end }: NotificationContext,
): Promise<FailuresAnswer> {
  const home = createClients(environment.region);
  try {
    const { policy } = await loadPolicy(home.s3, environment.policy);
    const timing = timingUntil(end, clock);
    const secrets = { ssm: home.ssm, region: environment.region };
    const delivery = await deliveryFor({ policy, secrets, apiUrl, timing, startedAt: clock() });
    if (delivery === undefined) {
      logger.warn('runs failed, and the policy has no "notify" section: nobody is told', { failedRuns });
      return { told: 0 };
    }
    const problems: string[] = [];
    for (const failedRun of failedRuns) {
      const problem = await delivery.tellFailure(failedRun);
      logger.info('failed run told', { failedRun, problem });
      if (problem !== undefined) problems.push(`The platform channel could not be told: ${problem}.`);
    }
    if (problems.length > 0) throw new RunFailedError(problems.join(' | '));
    return { told: failedRuns.length };
  } finally {
    home.destroy();
  }
}
