import type { Enforcement } from '../../src/execute/enforcement.ts';
import { executePlan } from '../../src/execute/execute-plan.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { PASSES } from '../../src/model/plan.ts';
import type { Policy } from '../../src/model/policy.ts';
import { newRunId } from '../../src/model/run.ts';
import type { Report } from '../../src/report/report.ts';
import { type RunRequest, run } from '../../src/run.ts';
import type { Connected } from '../builders/in-process.ts';
import { readerOf } from '../builders/reader.ts';

/** How a test's run acts, beside the usual. */
export interface EnforcedOptions extends Partial<Enforcement>, Pick<RunRequest, 'confirm'> {
  readonly now: () => Date;
  readonly policy: Policy;
  readonly runId?: string;
  /** Where the journal lies; none is kept without it. */
  readonly bucket?: string | undefined;
}

/** A full enforced run over an account. */
export function enforce({ clients }: Connected, options: EnforcedOptions): Promise<Report> {
  const { now, policy, runId = newRunId(now()), bucket, confirm, ...given } = options;
  const journal = bucket === undefined ? undefined : new JournalReader({ s3: clients.s3, bucket });
  return run({
    runId,
    passes: PASSES,
    policy,
    policySource: { source: 'test', sha256: '0'.repeat(64) },
    reader: readerOf(clients, policy, now, journal),
    at: now(),
    ...(confirm && { confirm }),
    enforcement: {
      executePlan,
      clients,
      clock: now,
      onOutcome: () => {},
      onWarning: () => {},
      sleep: async () => {},
      journal,
      ...given,
    },
  });
}
