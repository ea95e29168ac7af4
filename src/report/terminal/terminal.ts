import { actionKey } from '../../model/action-ref.ts';
import { minute } from '../../text/dates.ts';
import { count, counted, gib, upTo } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { lookup } from '../grouping.ts';
import { incompletenessOf } from '../incomplete.ts';
import { unverifiedSentence } from '../sentences.ts';
import type { Report } from '../shape.ts';
import { changesSection } from './changes.ts';
import { wrapped } from './layout.ts';
import { decisionPaint, type Palette } from './palette.ts';
import {
  keptSection,
  passSection,
  referenceSection,
  refusedSection,
  restartedSection,
  snapshotSection,
  sourceSection,
  warningSection,
  withheldSection,
} from './sections.ts';

/** How to write for one terminal. */
export interface TerminalOptions {
  /** Columns; 40 is narrow and still readable. */
  readonly width: number;
  readonly palette: Palette;
  /** Rows of one pass before the rest is only counted. */
  readonly mostRows?: number;
}

/** The report for a person at a terminal: what would happen and why, and why everything else stays. */
export function reportTerminal(report: Report, options: TerminalOptions): string {
  const find = lookup(report);
  const screen = { width: options.width, palette: options.palette, mostRows: options.mostRows ?? 50 };
  const alarm = alarms(report, options);
  return `${[
    heading(report, options),
    ...alarm,
    totals(report, options),
    ...changesSection(report, screen),
    ...report.passes.map((pass) => passSection(pass, report, find, screen)),
    ...withheldSection(report, screen),
    ...keptSection(report, screen),
    ...snapshotSection(report, screen),
    ...refusedSection(report, screen),
    ...restartedSection(report, screen),
    ...referenceSection(report, screen),
    ...sourceSection(report, screen),
    ...warningSection(report, screen),
    ...alarm,
  ].join('\n\n')}\n`;
}

function heading({ runId, mode, target, policy, observedAt }: Report, { width, palette }: TerminalOptions): string {
  const title = `AMI report  ${terminalText(target.accountId)} ${terminalText(target.region)}`;
  const run = `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${terminalText(runId)}, observed ${minute(observedAt)}, policy ${terminalText(policy.source)}`;
  return [palette.bold(title), palette.dim(run)].map((line) => wrapped(line, width)).join('\n');
}

/** What must not be overlooked; it stands at the top, and again at the end, where eyes are. */
function alarms({ sources, passes, outcomes }: Report, { width, palette }: TerminalOptions): string[] {
  const { red, bold, inverse } = palette;
  const loud = (title: string, lines: readonly string[]) =>
    [
      wrapped(bold(red(inverse(` ! ${title} `))), width),
      ...lines.map((line) => wrapped(red(terminalText(line)), width, 3)),
    ].join('\n');
  const incomplete = incompletenessOf(sources, passes);
  const failed = outcomes.flatMap(({ action, resourceId, status, reason }) =>
    status === 'failed' ? [`${actionKey({ action, resourceId })}: ${reason}`] : [],
  );
  return [
    ...(incomplete === undefined
      ? []
      : [
          loud(`INCOMPLETE: ${incomplete.title}`, [
            ...incomplete.unread.map(({ name, error }) => `${name}: ${error}`),
            ...(incomplete.goesOn === undefined ? [] : [incomplete.goesOn]),
          ]),
        ]),
    ...(failed.length === 0 ? [] : [loud(`FAILED: ${counted(failed.length, 'action')}`, failed)]),
  ];
}

function totals({ totals, prices }: Report, { width, palette }: TerminalOptions): string {
  const { decisions, storage, dueStorage, deletedStorage } = totals;
  const decided = (['keep', 'reinstate', 'deprecate', 'disable', 'deregister'] as const)
    .filter((decision) => decisions[decision] > 0)
    .map((decision) => decisionPaint(decision, palette)(`${decision} ${count(decisions[decision])}`));
  const lines = [
    `${palette.bold(counted(totals.images, 'image'))}: ${decided.join(', ') || 'none'}`,
    `${counted(storage.snapshots, 'snapshot')} of ${gib(storage.storageGiB)}, ${upTo(storage.monthlyCostUpTo)}`,
    `Due images hold ${gib(dueStorage.storageGiB)}, ${upTo(dueStorage.monthlyCostUpTo)}; this run deletes ${gib(deletedStorage.storageGiB)}, ${upTo(deletedStorage.monthlyCostUpTo)}`,
    ...unverifiedSentence(totals).map((sentence) => palette.yellow(sentence)),
    palette.dim(
      `Costs are at most: $${prices.standardPerGiBMonth} a GiB and month of full snapshot size${prices.assumed ? ', a usual price, not this Region’s' : ''}.`,
    ),
  ];
  return lines.map((line) => wrapped(line, width)).join('\n');
}
