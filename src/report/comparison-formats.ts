import { PASSES } from '../model/plan.ts';
import { accountText, count, counted, gib, minute } from '../text/format.ts';
import { markdownText, terminalText } from '../text/untrusted.ts';
import type { ComparedDecision, ComparedImage, ComparedPolicy, Comparison } from './comparison.ts';
import { type Columns, csv } from './csv.ts';
import { incompleteLines, incompletenessOf } from './incomplete.ts';
import { incompleteBlock, tableBlock, tableSection } from './markdown-blocks.ts';
import { whySentence, whySnapshot } from './reason-sentences.ts';
import { DECISIONS } from './sentences.ts';
import type { ReportSnapshot } from './shape.ts';
import { type Column, ID_WIDTH, type TerminalOptions, table, wrapped } from './terminal/layout.ts';
import { decisionPaint, type Painted } from './terminal/palette.ts';

const WHOLE_IN = ': the JSON has them all.';

/** What two policies decide differently, for a pull request. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { target, policy, against, totals, images, snapshots } = comparison;
  const both = [policy.source, against.source];
  const decisionText = (one: ComparedDecision) => `${one.decision} (${ruleText(one)}): ${whyHere(one)}`;
  const snapshotText = (one: SnapshotSide) => `${one.decision}: ${whySnapshot(one)}`;
  const changes = totals.changes.map((change) => [change.policy, change.against, change.images]);
  const imageRows = images.map((image) => [
    ...[image.imageId, image.name, image.owner ?? ''],
    ...[image.policy, image.against].map(decisionText),
  ]);
  const snapshotRows = snapshots.map((one) => [one.snapshotId, ...[one.policy, one.against].map(snapshotText)]);
  return `${[
    `# AMI policies compared: ${markdownText(accountText(target))} ${markdownText(target.region)}`,
    whatIsCompared(comparison, markdownText),
    ...incompletenessOf(comparison.sources).map(incompleteBlock),
    `**${differenceSentence(comparison)}**`,
    ...tableBlock(['', ...both], figures(comparison)),
    ...tableSection('Changes', ['Decision', 'Against', 'Images'], changes, WHOLE_IN),
    ...tableSection('Images', ['Image', 'Name', 'Owner', ...both], imageRows, WHOLE_IN),
    ...tableSection('Snapshots', ['Snapshot', ...both], snapshotRows, WHOLE_IN),
  ].join('\n\n')}\n`;
}

/** What two policies decide differently, for a person at a terminal. */
export function comparisonTerminal(comparison: Comparison, options: TerminalOptions): string {
  const { target, policy, against, sources, images, snapshots } = comparison;
  const { width, palette } = options;
  const { bold, dim, red } = palette;
  const title = `AMI policies compared  ${terminalText(accountText(target))} ${terminalText(target.region)}`;
  const alarms = incompletenessOf(sources).map((incomplete) =>
    [
      wrapped(bold(red(`INCOMPLETE: ${incomplete.title}`)), width),
      ...incompleteLines(incomplete).map((line) => wrapped(terminalText(line), width, 3)),
    ].join('\n'),
  );
  type Figure = ReturnType<typeof figures>[number];
  const marked = (at: 0 | 1 | 2) => (figure: Figure) => (figure[1] === figure[2] ? figure[at] : bold(figure[at]));
  const figureColumns = [
    { head: '', share: 2, cell: marked(0) },
    { head: `policy: ${terminalText(policy.source)}`, share: 2, cell: marked(1) },
    { head: `against: ${terminalText(against.source)}`, share: 2, cell: marked(2) },
  ];
  /** `keep → deprecate`, and why each, on lines of their own. */
  const decided = <Side extends { readonly decision: Painted }>(share: number, whyOf: (one: Side) => string) => ({
    head: 'What each decides, and why',
    share,
    cell: (one: { readonly policy: Side; readonly against: Side }) => {
      const [ours, theirs] = [one.policy, one.against].map(({ decision }) =>
        decisionPaint(decision, palette)(decision),
      );
      const why = (label: string, side: Side) => dim(`${label}: ${terminalText(whyOf(side))}`);
      return [`${ours} → ${theirs}`, why('policy', one.policy), why('against', one.against)].join('\n');
    },
  });
  const imageColumns: Column<ComparedImage>[] = [
    { head: 'Image', fixed: ID_WIDTH, cell: ({ imageId }) => imageId },
    { head: 'Name, owner', share: 2, cell: ({ name, owner }) => [name, owner ?? ''].map(terminalText).join('\n') },
    decided<ComparedDecision>(5, (one) => `${ruleText(one)}: ${whyHere(one)}`),
  ];
  const snapshotColumns: Column<Comparison['snapshots'][number]>[] = [
    { head: 'Snapshot', fixed: ID_WIDTH, cell: ({ snapshotId }) => snapshotId },
    decided<SnapshotSide>(1, whySnapshot),
  ];
  return `${[
    `${wrapped(bold(title), width)}\n${wrapped(dim(whatIsCompared(comparison, terminalText)), width)}`,
    ...alarms,
    bold(wrapped(differenceSentence(comparison), width)),
    table('', figureColumns, figures(comparison), { width, palette }),
    ...(images.length === 0 ? [] : [table(bold('Images'), imageColumns, images, options)]),
    ...(snapshots.length === 0 ? [] : [table(bold('Snapshots'), snapshotColumns, snapshots, options)]),
  ].join('\n\n')}\n`;
}

const COLUMNS: Columns<ComparedImage> = [
  ['imageId', ({ imageId }) => imageId],
  ['name', ({ name }) => name],
  ['owner', ({ owner }) => owner ?? ''],
  ['creationDate', ({ creationDate }) => creationDate ?? ''],
  ['decision', ({ policy }) => policy.decision],
  ['rule', ({ policy }) => policy.rule ?? ''],
  ['reasons', ({ policy }) => whyHere(policy)],
  ['againstDecision', ({ against }) => against.decision],
  ['againstRule', ({ against }) => against.rule ?? ''],
  ['againstReasons', ({ against }) => whyHere(against)],
];

/** The images that two policies decide differently, one a line. */
export function comparisonCsv({ images }: Comparison): string {
  return [...csv(COLUMNS, images)].join('');
}

type SnapshotSide = Pick<ReportSnapshot, 'decision' | 'reasons'>;

function whatIsCompared({ policy, against, observedAt, at }: Comparison, neutral: (text: string) => string): string {
  return `${neutral(policy.source)} against ${neutral(against.source)}, observed ${minute(observedAt)}, decided for ${minute(at)}`;
}

function ruleText({ rule }: ComparedDecision): string {
  return rule === null ? 'no rule' : `rule ${rule}`;
}

/** Why one policy decides so where the other does not. */
function whyHere(one: ComparedDecision): string {
  return one.reasons.length === 0 ? 'For the same reasons, by another rule or another wait.' : whySentence(one);
}

/** How far apart the policies are, in one line. */
function differenceSentence({ totals }: Comparison): string {
  const { imagesDecidedDifferently, imagesOfOtherNext, snapshotsDecidedDifferently } = totals;
  const [images, snapshots] = [counted(totals.images, 'image'), counted(totals.snapshots, 'snapshot')];
  const later =
    imagesOfOtherNext === 0 ? '' : `; ${counted(imagesOfOtherNext, 'more image')} alike now and differently later`;
  if (imagesDecidedDifferently + snapshotsDecidedDifferently === 0)
    return `No differences over ${images} and ${snapshots}${later}.`;
  return `Decided differently: ${count(imagesDecidedDifferently)} of ${images} and ${count(snapshotsDecidedDifferently)} of ${snapshots}${later}.`;
}

/** Two columns of figures, one for each policy. */
function figures({ policy, against }: Comparison): (readonly [name: string, policy: string, against: string])[] {
  // Few policies archive or protect.
  const isAsked = (what: string) =>
    (what !== 'archive' || [policy, against].some(({ decisions }) => decisions.archive > 0)) &&
    (what !== 'protect' || [policy, against].some(({ passes }) => passes.protect.actions > 0));
  const both = (name: string, of: (one: ComparedPolicy) => string) => [name, of(policy), of(against)] as const;
  return [
    ...DECISIONS.filter(isAsked).map((decision) => both(decision, (one) => count(one.decisions[decision]))),
    both('due, all steps', (one) => count(one.dueImages)),
    ...PASSES.filter(isAsked).map((pass) => both(`actions of ${pass}`, ({ passes }) => passText(passes[pass]))),
    both('storage of due images', (one) => gib(one.dueStorage.storageGiB)),
    both('storage deleted by one run', (one) => gib(one.deletedStorage.storageGiB)),
  ];
}

function passText({ actions, deferred, stopped }: ComparedPolicy['passes']['deprecate']): string {
  if (stopped) return 'stopped by limits.stopAbove';
  return deferred === 0 ? count(actions) : `${count(actions)}, ${count(deferred)} left to later runs`;
}
