import { jsonEscape } from '../text/json.ts';
import { lookup } from './grouping.ts';
import type { Report } from './shape.ts';

/** Who or what started a run that acts. */
export type StartedBy =
  | {
      readonly kind: 'lambda';
      /** The event's own word: a schedule gives its ARN, a person a name. Lambda does not vouch for it. */
      readonly claimed?: string;
      readonly functionArn: string;
      /** Lambda's id of the invocation: CloudTrail's Invoke event, where it is logged, has it with the caller. */
      readonly invocationId: string;
      readonly logStream: string;
    }
  | { readonly kind: 'command-line'; readonly callerArn: string };

/**
 * What an auditor asks of each action that ended in this run, skipped and failed ones among them: what, by whom, by
 * which rule, on what evidence, and how it ended; none for a dry run. AWS's id of the request finds it in CloudTrail.
 */
export function auditRecords(report: Report, startedBy: StartedBy) {
  const find = lookup(report);
  const { runId, target, policy, observedAt } = report;
  const sources = report.sources.map(({ name, status, references }) => ({ name, status, references }));
  return report.outcomes.map((outcome) => {
    const { snapshot, imageId, image } = find.about(outcome.resourceId);
    const { action, resourceId, ...ending } = outcome;
    return {
      schemaVersion: 1 as const,
      runId,
      accountId: target.accountId,
      region: target.region,
      startedBy,
      policy,
      action,
      resourceId,
      ...(imageId !== undefined && { imageId }),
      ...(image && { imageName: image.name, owner: image.owner, rule: image.rule }),
      evidence: { observedAt, reasons: snapshot?.reasons ?? image?.reasons ?? [], sources },
      ...ending,
    };
  });
}

// JSON lets these stand as they are, and some readers of lines break at them.
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

/** JSON Lines: one record a line, whatever its text holds. */
export function auditLines(report: Report, startedBy: StartedBy): string[] {
  return auditRecords(report, startedBy).map((record) => JSON.stringify(record).replace(LINE_BREAKS, jsonEscape));
}
