import { vi } from 'vitest';
import type { CallLog } from '../../sandbox/calls.ts';
import type { SandboxOptions } from '../../sandbox/server.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { createClients } from '../../src/aws/clients.ts';
import { executePlan } from '../../src/execute/execute-plan.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { PASSES } from '../../src/model/plan.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Report } from '../../src/report/report.ts';
import { run } from '../../src/run.ts';
import { BUCKET } from '../builders/journal.ts';
import { policyOf } from '../builders/policy.ts';
import { readerOf } from '../builders/reader.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve } from '../builders/serve.ts';
import { NOW } from './account.ts';

/** The policy of the stories, in the file's own words: every image older than a month goes. */
export function aPolicy(given: Readonly<Record<string, unknown>> = {}): Policy {
  const all = {
    name: 'all',
    select: { name: '*' },
    keep: { youngerThan: '30d' },
    deprecate: {},
    deregister: { after: '30d' },
    snapshots: 'delete',
  };
  return policyOf({ version: 1, rules: [all], limits: { stopAbove: '100%' }, ...given });
}

export interface TellingOptions extends Partial<Omit<SandboxOptions, 'account'>> {
  readonly policy?: Policy;
  readonly at?: Date;
  /** Acts on the plan; a dry run else. */
  readonly enforce?: boolean;
}

const RUN_ID = '20261121T020000Z-00000000';

/** What a run over a story's account came to. */
export interface Told {
  readonly report: Report;
  readonly calls: CallLog;
  /** The images that a pass would deprecate, disable or deregister, now or in a later run. */
  readonly taken: readonly string[];
  /** The snapshots that would be deleted, with their image or alone. */
  readonly deleted: readonly string[];
  /** An image's references in words. */
  readonly referencesOf: (imageId: string) => readonly string[];
  /** The codes of the reasons given for an image. */
  readonly reasonsOf: (imageId: string) => readonly string[];
}

/** Serves an account, lets the real clients and the whole run loose on it, and tells what would be done. */
export async function tell(state: AccountState, options: TellingOptions = {}): Promise<Told> {
  const { policy = aPolicy(), at = NOW, enforce = false, ...sandboxOptions } = options;
  // As earlier runs would have left it, where the story has none of its own.
  if (!state.buckets.has(BUCKET)) bearOut(state.buckets, BUCKET, state);
  const sandbox = await serve({ account: state, now: () => at, ...sandboxOptions });
  const clients = createClients(state.region, { maxAttempts: 1, pace: 'off' });
  try {
    const journal = new JournalReader({ s3: clients.s3, bucket: BUCKET });
    const reader = readerOf(clients, policy, () => at, journal);
    const policySource = { source: 'story', sha256: '0'.repeat(64) };
    const enforcement = {
      executePlan,
      clients,
      clock: () => at,
      journal,
      onOutcome: () => {},
      onWarning: () => {},
    };
    const request = { runId: RUN_ID, passes: PASSES, policy, policySource, reader, at };
    const report = await run({ ...request, ...(enforce && { enforcement }) });
    return told(report, sandbox.calls);
  } finally {
    clients.destroy();
    await sandbox.close();
    vi.unstubAllEnvs();
  }
}

function told(report: Report, calls: CallLog): Told {
  const actions = report.passes.flatMap((pass) => [...pass.actions, ...pass.deferred]);
  const imageOf = (imageId: string) => report.images.find((image) => image.imageId === imageId);
  return {
    report,
    calls,
    taken: actions.flatMap((action) =>
      action.action === 'deprecate' || action.action === 'disable' || action.action === 'deregister'
        ? [action.imageId]
        : [],
    ),
    deleted: actions.flatMap((action) => {
      if (action.action === 'deregister') return action.deleteSnapshots;
      return action.action === 'delete-snapshot' ? [action.snapshotId] : [];
    }),
    referencesOf: (imageId) =>
      (imageOf(imageId)?.references ?? []).map(({ kind, resource, detail }) => `${kind} ${resource} ${detail ?? ''}`),
    reasonsOf: (imageId) => (imageOf(imageId)?.reasons ?? []).map(({ code }) => code),
  };
}
