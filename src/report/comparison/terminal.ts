import { minute } from '../../text/dates.ts';
import { terminalText } from '../../text/untrusted.ts';
import { incompletenessOf } from '../incomplete.ts';
import type { DecisionName } from '../shape.ts';
import { type Column, ID_WIDTH, type TerminalOptions, table, wrapped } from '../terminal/layout.ts';
import { decisionPaint } from '../terminal/palette.ts';
import type { ComparedDecision, ComparedImage, Comparison } from './comparison.ts';
import { differenceSentence, figures, ruleText, whyHere, whySnapshot } from './sentences.ts';

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
  const rest = incomplete.goesOn === undefined ? [] : [wrapped(incomplete.goesOn, width, 3)];
  return [[wrapped(title, width), ...failed, ...rest].join('\n')];
}

function figureSection(comparison: Comparison, { width, palette }: TerminalOptions): string {
  const { bold } = palette;
  type Figure = ReturnType<typeof figures>[number];
  const marked = (at: 0 | 1 | 2) => (figure: Figure) => (figure[1] === figure[2] ? figure[at] : bold(figure[at]));
  const columns = [
    { head: '', share: 2, cell: marked(0) },
    { head: `policy: ${terminalText(comparison.policy.source)}`, share: 2, cell: marked(1) },
    { head: `against: ${terminalText(comparison.against.source)}`, share: 2, cell: marked(2) },
  ];
  return table('', columns, figures(comparison), { width, palette });
}

function imageSection({ images }: Comparison, options: TerminalOptions): string[] {
  if (images.length === 0) return [];
  const why = (one: ComparedDecision) => `${ruleText(one)}: ${whyHere(one)}`;
  const columns: Column<ComparedImage>[] = [
    { head: 'Image', fixed: ID_WIDTH, cell: ({ imageId }) => imageId },
    { head: 'Name, owner', share: 2, cell: ({ name, owner }) => [name, owner ?? ''].map(terminalText).join('\n') },
    {
      head: 'What each decides, and why',
      share: 5,
      cell: ({ policy, against }) => bothTexts(policy, against, options, why),
    },
  ];
  return [table(options.palette.bold('Images'), columns, images, options)];
}

function snapshotSection({ snapshots }: Comparison, options: TerminalOptions): string[] {
  if (snapshots.length === 0) return [];
  const columns: Column<Comparison['snapshots'][number]>[] = [
    { head: 'Snapshot', fixed: ID_WIDTH, cell: ({ snapshotId }) => snapshotId },
    {
      head: 'What each decides, and why',
      share: 1,
      cell: ({ policy, against }) => bothTexts(policy, against, options, whySnapshot),
    },
  ];
  return [table(options.palette.bold('Snapshots'), columns, snapshots, options)];
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
