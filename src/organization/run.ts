import * as z from 'zod';
import type { ClientSettings, Clients } from '../aws/clients.ts';
import type { Policy } from '../model/policy.ts';
import { parsePolicyObject } from '../policy/language/parse-object.ts';
import type { JanitorEvent } from '../report/events.ts';
import { problemText } from '../validation/problem.ts';
import { OBJECT, type RegionTarget } from './s3-keys.ts';
import { date, type Store } from './store.ts';

/** What passes between the states of a run: no object of the report bucket says it, which others may write. */
export const runRecord = z.object({
  runId: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
  mode: z.enum(['dry-run', 'enforce']),
  /** When the execution began. */
  startedAt: date,
  /** The time to plan for, where it is not the present. */
  at: date.exactOptional(),
  /** False for what-if questions: another time, another policy than the deployment's. */
  isLatest: z.boolean(),
  startedBy: z.object({
    kind: z.literal('lambda'),
    claimed: z.string().exactOptional(),
    functionArn: z.string(),
    invocationId: z.string(),
    logStream: z.string(),
  }),
  /** What the objects of the first state must hash to. */
  sha256: z.object({ policy: z.string(), targets: z.string() }),
});

/** What all states of a run hold to. */
export type RunRecord = Readonly<z.output<typeof runRecord>>;

/** Where a policy came from, the digest of its text, and what it said as an object: the states need no YAML. */
const policyCopy = z.object({ source: z.string(), sha256: z.string(), file: z.unknown() });
type PolicyCopy = Readonly<z.output<typeof policyCopy>>;

/** A run as each of its states finds it. */
export interface OrganizationRun extends RunRecord {
  readonly policy: Policy;
  readonly policySource: { readonly source: string; readonly sha256: string };
}

/** The roles that the member template makes, and how they are assumed. */
interface MemberSettings {
  /** Where the janitor runs: each member account has its parameter there. */
  readonly homeRegion: string;
  /** Path and name: `ami-janitor/ami-janitor-read`. */
  readonly readRole: string;
  readonly actRole: string;
  readonly externalId: string;
  /** The parameter in which the template says its version: `/ami-janitor/member-template`. */
  readonly templateParameter: string;
  /** How the members' clients send; nothing given is what a run against AWS needs. */
  readonly clients?: Pick<ClientSettings, 'maxAttempts' | 'pace'>;
}

/** What every state of a run works with. */
export interface RunContext {
  readonly run: OrganizationRun;
  readonly store: Store;
  /** The janitor's own clients. */
  readonly home: Clients;
  readonly members: MemberSettings;
  readonly clock: () => Date;
  readonly logger: FactLogger;
}

/** What a state that goes to one target works with. */
export interface TargetContext extends RunContext {
  readonly target: RegionTarget;
  /** Tells others of what was done there; it never throws. Absent where nobody wants to know. */
  readonly sendEvents?: (events: readonly JanitorEvent[]) => Promise<void>;
}

/** Where a state says what it does: one line each, with the facts. */
interface FactLogger {
  info(line: string, facts: Record<string, unknown>): void;
  warn(line: string, facts: Record<string, unknown>): void;
}

/** Writes down the policy that all states of a run hold to: it may change meanwhile. @returns the object's SHA-256 */
export function writePolicy(store: Store, policy: PolicyCopy): Promise<string> {
  return store.writeJson(OBJECT.policy, policy);
}

/**
 * Reads the policy that the first state wrote down.
 * @throws BrokenObjectError where somebody has changed it since
 */
export async function readRun(store: Store, record: RunRecord): Promise<OrganizationRun> {
  const { source, sha256, file } = await store.needJson(OBJECT.policy, policyCopy, record.sha256.policy);
  const parsed = parsePolicyObject(file, source);
  if (!parsed.ok)
    throw new Error(`the run's own copy of the policy is not valid: ${parsed.problems.map(problemText).join('; ')}`);
  return { ...record, policy: parsed.policy, policySource: { source, sha256 } };
}

/** A run acts for so many hours from its start; in the two that the state machine leaves after that it closes. */
const ACTING_HOURS = 22;

/** Why a run acts no more, and only closes its targets; nothing while it may. A redrive can come days later. */
export function whyTooLate({ mode, startedAt }: RunRecord, now: Date): string | undefined {
  if (mode === 'dry-run' || now.getTime() - startedAt.getTime() <= ACTING_HOURS * 3_600_000) return undefined;
  return `the run began more than ${ACTING_HOURS} hours ago, so it does nothing more and only reports; the next run takes up what is left`;
}
