import type { Call, CallLog, Fault } from '../../sandbox/calls.ts';
import type { EndpointOptions } from '../../sandbox/endpoint.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { aPolicy } from '../builders/policy.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { type EnforcedOptions, enforce } from '../crash/run.ts';
import { NOW, type StoryAccount } from '../scenarios/account.ts';

/** Every image older than a month goes, a month after it was deprecated. */
export const ALL: Policy = policyOf('deregister: { after: 30d }, snapshots: delete');

/** The same, with other words after `deprecate`; `rest` are further sections. */
export function policyOf(rule: string, rest = ''): Policy {
  return aPolicy(`
rules: [{ name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {}, ${rule} }]
limits: { perRun: 100, stopAbove: 100% }
${rest}`);
}

export interface ActOptions extends Partial<EnforcedOptions>, Partial<Pick<EndpointOptions, 'pageSizeCap'>> {
  readonly intercept?: (call: Call) => Fault | undefined;
  readonly at?: Date;
  /** Services that have no endpoint in the Region. */
  readonly noEndpoint?: readonly string[];
  /** False for a command line without a bucket; else a journal bears out what the story's tags say at its beginning. */
  readonly keepsJournal?: boolean;
}

export interface Acted {
  readonly report: Report;
  readonly calls: CallLog;
  /** `done`, or `skipped` and `failed` with why, of one resource. */
  readonly of: (resourceId: string) => string | undefined;
}

/** A full enforced run over a story's account. */
export async function actOn(story: StoryAccount, options: ActOptions = {}): Promise<Acted> {
  const { at = NOW, intercept, noEndpoint, pageSizeCap, policy = ALL, now = () => at, ...rest } = options;
  const { keepsJournal = true, ...given } = rest;
  if (keepsJournal && !story.state.buckets.has(BUCKET)) bearOut(story.state.buckets, BUCKET, story.state);
  const endpoint = {
    now,
    ...(intercept && { intercept }),
    ...(pageSizeCap && { pageSizeCap }),
    ...(noEndpoint && { noEndpoint }),
  };
  const connected = connect(story.state, endpoint);
  try {
    const report = await enforce(connected, { now, policy, ...(keepsJournal && { bucket: BUCKET }), ...given });
    return { report, calls: connected.calls, of: (resourceId) => ending(report, resourceId) };
  } finally {
    connected.clients.destroy();
  }
}

function ending({ outcomes }: Report, resourceId: string): string | undefined {
  const outcome = outcomes.find((one) => one.resourceId === resourceId);
  if (outcome === undefined) return undefined;
  return outcome.status === 'done' ? 'done' : `${outcome.status}: ${outcome.reason}`;
}

/** The tags of an image or a snapshot. */
export function tagsOf({ state }: StoryAccount, id: string): Record<string, string> {
  const tags = (state.images.get(id) ?? state.snapshots.get(id))?.Tags ?? [];
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Does something once, right before the first call of an operation that passes a test. */
export function rightBefore(operation: string, change: () => void, which = (_: Call) => true) {
  let done = false;
  return (call: Call): Fault | undefined => {
    if (done || call.operation !== operation || !which(call)) return undefined;
    done = true;
    return { before: change };
  };
}

export function daysLater(days: number): Date {
  return new Date(NOW.getTime() + days * 86_400_000);
}
