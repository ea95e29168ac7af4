import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../model/reasons.ts';
import { accountText, count, gib, minute } from '../text/format.ts';
import { markdownText } from '../text/untrusted.ts';
import { changesSentence } from './changes.ts';
import { keptGroups, type Lookup, lookup, snapshotGroups } from './grouping.ts';
import { incompletenessOf, sourceCounts, sourceNote, unreadableFirst } from './incomplete.ts';
import { incompleteBlock, listBlock, tableBlock, tableSection } from './markdown-blocks.ts';
import { costBasis, costOf } from './prices.ts';
import { actionRow, changeRows, type ListSection, listsOf, whyKept } from './sections.ts';
import { outcomeSentence, passSentence, plannedFor, unverifiedSentence } from './sentences.ts';
import type { Report, ReportPass, StorageTotals } from './shape.ts';
import { withheldOf } from './withheld.ts';

const EXAMPLES = 3;

/** report.md: a summary for people and pull requests, what could not be read first. */
export function reportMarkdown(report: Report): string {
  const { runId, mode, target, policy, observedAt, sources, passes } = report;
  const find = lookup(report);
  const at = plannedFor(report);
  const { warnings, leftovers, ...lists } = listsOf(report);
  return `${[
    `# AMI report: ${markdownText(accountText(target))} ${markdownText(target.region)}`,
    `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${markdownText(runId)}, observed ${minute(observedAt)}${at === undefined ? '' : `, planned for ${minute(at)}`}, policy ${markdownText(policy.source)} (sha256 ${markdownText(policy.sha256.slice(0, 12))})`,
    ...incompletenessOf(sources, passes).map(incompleteBlock),
    ...failures(report),
    ...totals(report),
    ...changesSection(report),
    ...passes.flatMap((pass) => passSection(pass, report, find)),
    ...withheldSection(report),
    ...keptSection(report),
    ...snapshotSection(report),
    ...Object.values(lists).flatMap((list) => listBlock(list)),
    ...commandBlock(leftovers),
    ...sourceSection(report),
    ...listBlock(warnings),
  ].join('\n\n')}\n`;
}

function failures({ outcomes }: Report): string[] {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  const rows = failed.map((outcome) => [outcome.action, outcome.resourceId, outcomeSentence(outcome)]);
  return tableSection(`Failed: ${count(failed.length)}`, ['Action', 'Resource', 'Why'], rows);
}

function totals(report: Report): string[] {
  const { totals } = report;
  const { decisions, storage, dueStorage, deletedStorage } = totals;
  const stored = (name: string, storage: StorageTotals) => [
    name,
    storage.snapshots,
    gib(storage.storageGiB),
    `${costOf(storage)} a month`,
  ];
  return [
    '## Totals',
    ...tableBlock(
      ['Images', count(totals.images)],
      [
        // Few policies archive.
        ...Object.entries(decisions).filter(([name, number]) => name !== 'archive' || number > 0),
        ['due, all steps', totals.dueImages],
        ...(totals.unverified === undefined ? [] : [['due, unverified', totals.unverified]]),
        ['without an owner', totals.imagesWithoutOwner],
      ],
    ),
    ...tableBlock(
      ['Snapshots', 'Number', 'Storage', 'Cost'],
      [stored('all', storage), stored('of due images', dueStorage), stored('deleted by this run', deletedStorage)],
    ),
    ...unverifiedSentence(totals),
    markdownText(costBasis(report)),
  ];
}

function changesSection({ changes }: Report): string[] {
  if (changes === undefined) return [];
  const rows = changeRows(changes).map(({ what, resourceId, name, owner, why }) => [
    what,
    resourceId,
    name,
    owner,
    why,
  ]);
  return [
    '## Since the last report',
    markdownText(changesSentence(changes)),
    ...tableBlock(['Change', 'Image', 'Name', 'Owner', 'Now, and why'], rows),
  ];
}

function passSection(pass: ReportPass, { mode }: Report, find: Lookup): string[] {
  const outcomes = mode === 'enforce' ? ['Outcome'] : [];
  const rows = pass.actions
    .map((action) => actionRow(action, find))
    .map(({ resourceId, name, owner, what, why, outcome }) => [
      ...[resourceId, name, owner, what, why],
      ...outcomes.map(() => outcome),
    ]);
  return [
    `## ${pass.pass}`,
    pass.stopped === undefined ? passSentence(pass, mode) : `**${passSentence(pass, mode)}**`,
    ...tableBlock(['Resource', 'Name', 'Owner', 'What', 'Why', ...outcomes], rows),
  ];
}

function commandBlock({ title, lines }: ListSection): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, `\`\`\`sh\n${lines.join('\n')}\n\`\`\``];
}

function withheldSection(report: Report): string[] {
  const { advice, ...list } = withheldOf(report);
  const toDo = advice.map((line) => (line.startsWith('aws ') ? `\`\`\`sh\n${line}\n\`\`\`` : markdownText(line)));
  return [...listBlock(list), ...toDo];
}

function keptSection({ images }: Report): string[] {
  const rows = keptGroups(images).map(({ code, images: kept, byThisAlone }) => {
    const examples = kept.slice(0, EXAMPLES).map((image) => `${image.imageId}: ${whyKept(image, code)}`);
    return [IMAGE_REASONS[code].title, kept.length, byThisAlone, examples.join(' ')];
  });
  return tableSection('Why every other image stays', ['Reason', 'Images', 'Only reason', 'For example'], rows);
}

function snapshotSection({ snapshots }: Report): string[] {
  const rows = snapshotGroups(snapshots).map((group) => [
    group.decision,
    SNAPSHOT_REASONS[group.code].title,
    group.count,
  ]);
  return tableSection('Snapshots', ['Decision', 'Reason', 'Snapshots'], rows);
}

function sourceSection({ sources }: Report): string[] {
  const rows = sources.toSorted(unreadableFirst).map((source) => {
    const { read = '', references = '' } = sourceCounts(source);
    return [source.name, source.status, read, references, source.calls, sourceNote(source)];
  });
  return tableSection('Sources', ['Source', 'Status', 'Read', 'References', 'Calls', 'Why'], rows);
}
