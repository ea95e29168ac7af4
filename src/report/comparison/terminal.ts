import { minute } from '../../text/dates.ts';
import { count } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { incompletenessOf } from '../incomplete.ts';
import type { DecisionName } from '../shape.ts';
import { rows, wrapped } from '../terminal/layout.ts';
import { decisionPaint } from '../terminal/palette.ts';
import type { TerminalOptions } from '../terminal/terminal.ts';
import type { Comparison } from './comparison.ts';
import { differenceSentence, figures, ruleText, whyHere, whySnapshot } from './sentences.ts';

const ID_WIDTH = 22;

/** What two policies decide differently, for a person at a terminal. */
export function comparisonTerminal(comparison: Comparison, options: TerminalOptions): string {
  return `${[
    heading(comparison, options),
    ...unreadable(comparison, options),
    options.palette.bold(wrapped(differenceSentence(comparison), options.width)),
    figureSection(comparison, options),
    ...imageSection(comparison, options),
    ...snapshotSection(comparison, options),
  ].join('\n\n')}\n`;
}

function heading({ target, policy, against, observedAt, at }: Comparison, { width, palette }: TerminalOptions): string {
  const title = `AMI policies compared  ${terminalText(target.accountId)} ${terminalText(target.region)}`;
  const which = `${terminalText(policy.source)} against ${terminalText(against.source)}, observed ${minute(observedAt)}, decided for ${minute(at)}`;
  return `${wrapped(palette.bold(title), width)}\n${wrapped(palette.dim(which), width)}`;
}

function unreadable({ sources }: Comparison, { width, palette }: TerminalOptions): string[] {
  const incomplete = incompletenessOf(sources);
  if (incomplete === undefined) return [];
  const title = palette.bold(palette.red(`INCOMPLETE: ${incomplete.title}`));
  const failed = incomplete.unread.map(({ name, error }) => wrapped(terminalText(`${name}: ${error}`), width, 3));
  return [[wrapped(title, width), ...failed].join('\n')];
}

function figureSection(comparison: Comparison, { width, palette }: TerminalOptions): string {
  const columns = [
    { head: '', share: 2 },
    { head: palette.dim(`policy: ${terminalText(comparison.policy.source)}`), share: 2 },
    { head: palette.dim(`against: ${terminalText(comparison.against.source)}`), share: 2 },
  ];
  const marked = figures(comparison).map(([name, ours, theirs]) =>
    ours === theirs ? [name, ours, theirs] : [palette.bold(name), palette.bold(ours), palette.bold(theirs)],
  );
  return rows(columns, marked, width);
}

function imageSection({ images }: Comparison, options: TerminalOptions): string[] {
  const { width, palette, mostRows = 50 } = options;
  if (images.length === 0) return [];
  const columns = [
    { head: palette.dim('Image'), fixed: ID_WIDTH },
    { head: palette.dim('Name, owner'), share: 2 },
    { head: palette.dim('What each decides, and why'), share: 5 },
  ];
  const cells = images
    .slice(0, mostRows)
    .map(({ imageId, name, owner, policy, against }) => [
      imageId,
      [name, owner ?? ''].map(terminalText).join('\n'),
      bothTexts(policy, against, options, (one) => `${ruleText(one)}: ${whyHere(one)}`),
    ]);
  return [`${palette.bold('Images')}\n${rows(columns, cells, width)}${more(images.length - mostRows)}`];
}

function snapshotSection({ snapshots }: Comparison, options: TerminalOptions): string[] {
  const { width, palette, mostRows = 50 } = options;
  if (snapshots.length === 0) return [];
  const columns = [
    { head: palette.dim('Snapshot'), fixed: ID_WIDTH },
    { head: palette.dim('What each decides, and why'), share: 1 },
  ];
  const cells = snapshots
    .slice(0, mostRows)
    .map(({ snapshotId, policy, against }) => [snapshotId, bothTexts(policy, against, options, whySnapshot)]);
  return [`${palette.bold('Snapshots')}\n${rows(columns, cells, width)}${more(snapshots.length - mostRows)}`];
}

/** `keep → deprecate`, and why each, on lines of their own. */
function bothTexts<Decided extends { readonly decision: DecisionName | 'delete' }>(
  policy: Decided,
  against: Decided,
  { palette }: TerminalOptions,
  whyOf: (one: Decided) => string,
): string {
  const [ours, theirs] = [policy, against].map(({ decision }) => decisionPaint(decision, palette)(decision));
  const why = (label: string, one: Decided) => palette.dim(`${label}: ${terminalText(whyOf(one))}`);
  return [`${ours} → ${theirs}`, why('policy', policy), why('against', against)].join('\n');
}

function more(rest: number): string {
  return rest > 0 ? `\n  … and ${count(rest)} more; other formats list them all.` : '';
}
