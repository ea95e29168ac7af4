import { actionKey } from '../../model/action-ref.ts';
import { accountText, count, counted, gib, minute } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { incompleteLines, incompletenessOf } from '../incomplete.ts';
import { costBasis, costOf } from '../prices.ts';
import { DECISIONS, plannedFor, unverifiedSentence } from '../sentences.ts';
import type { Report } from '../shape.ts';
import { type TerminalOptions, wrapped } from './layout.ts';
import { decisionPaint } from './palette.ts';

/** What run it was, over what, by which policy, and for which time where that is not the present. */
export function heading(report: Report, { width, palette }: TerminalOptions): string {
  const { runId, mode, target, policy, observedAt } = report;
  const title = `AMI report  ${terminalText(accountText(target))} ${terminalText(target.region)}`;
  const run = `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${terminalText(runId)}, observed ${minute(observedAt)}, policy ${terminalText(policy.source)}`;
  const at = plannedFor(report);
  const planned = at === undefined ? [] : [palette.yellow(`Planned for ${minute(at)}`)];
  return [palette.bold(title), palette.dim(run), ...planned].map((line) => wrapped(line, width)).join('\n');
}

/** What must not be overlooked; it stands at the top, and again at the end, where eyes are. */
export function alarms({ sources, passes, outcomes }: Report, { width, palette }: TerminalOptions): string[] {
  const { red, bold, inverse } = palette;
  const loud = (title: string, lines: readonly string[]) =>
    [
      wrapped(bold(red(inverse(` ! ${title} `))), width),
      ...lines.map((line) => wrapped(red(terminalText(line)), width, 3)),
    ].join('\n');
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'failed' ? [`${actionKey(outcome)}: ${outcome.reason}`] : [],
  );
  return [
    ...incompletenessOf(sources, passes).map((one) => loud(`INCOMPLETE: ${one.title}`, incompleteLines(one))),
    ...(failed.length === 0 ? [] : [loud(`FAILED: ${counted(failed.length, 'action')}`, failed)]),
  ];
}

/** The figures that stand first. */
export function totals(report: Report, { width, palette }: TerminalOptions): string {
  const { totals } = report;
  const { decisions, storage, dueStorage, deletedStorage } = totals;
  const decided = DECISIONS.filter((decision) => decisions[decision] > 0).map((decision) =>
    decisionPaint(decision, palette)(`${decision} ${count(decisions[decision])}`),
  );
  const lines = [
    `${palette.bold(counted(totals.images, 'image'))}: ${decided.join(', ') || 'none'}`,
    `${counted(storage.snapshots, 'snapshot')} of ${gib(storage.storageGiB)}, ${costOf(storage)} a month`,
    `Due images hold ${gib(dueStorage.storageGiB)}, ${costOf(dueStorage)} a month; this run deletes ${gib(deletedStorage.storageGiB)}, ${costOf(deletedStorage)} a month`,
    ...unverifiedSentence(totals).map((sentence) => palette.yellow(sentence)),
    palette.dim(terminalText(costBasis(report))),
  ];
  return lines.map((line) => wrapped(line, width)).join('\n');
}
