import { markdownTable } from 'markdown-table';
import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../model/reasons.ts';
import { minute } from '../text/dates.ts';
import { count, gib, upTo } from '../text/format.ts';
import { markdownText } from '../text/untrusted.ts';
import { actionRow } from './action-rows.ts';
import { changedImages, changeSentence, changesSentence, changeTitle } from './changes/sentences.ts';
import { keptGroups, type Lookup, lookup, snapshotGroups } from './grouping.ts';
import { incompletenessOf, sourceNote } from './incomplete.ts';
import { incompleteMarkdown } from './incomplete-markdown.ts';
import { MISSING_TITLE, missingText } from './missing.ts';
import { reasonSentence } from './reason-sentences.ts';
import { referenceText } from './references.ts';
import { refusedRows, refusedSentence } from './refused.ts';
import { RESTARTED_TITLE, restartedText } from './restarted.ts';
import { outcomeSentence, passSentence, unverifiedSentence } from './sentences.ts';
import type { Report, ReportImage, ReportPass, ReportReason } from './shape.ts';
import { withheldAdvice, withheldOf, withheldSentence, withheldTitle } from './withheld.ts';

const MOST_ROWS = 200;
const EXAMPLES = 3;

/** report.md: a summary for people and pull requests, what could not be read first. */
export function reportMarkdown(report: Report): string {
  const find = lookup(report);
  return `${[
    ...heading(report),
    ...unreadable(report),
    ...failures(report),
    ...totals(report),
    ...changesSection(report),
    ...report.passes.flatMap((pass) => passSection(pass, report, find)),
    ...withheldSection(report),
    ...keptSection(report),
    ...snapshotSection(report),
    ...refusedSection(report),
    ...listSection(RESTARTED_TITLE, (report.restarted ?? []).map(restartedText)),
    ...vestigialSection(report),
    ...sourceSection(report),
    ...listSection('Warnings', report.warnings),
  ].join('\n\n')}\n`;
}

function heading(report: Report): string[] {
  const { runId, mode, target, policy } = report;
  return [
    `# AMI report: ${markdownText(target.accountId)} ${markdownText(target.region)}`,
    `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${markdownText(runId)}, observed ${minute(report.observedAt)}, policy ${markdownText(policy.source)} (sha256 ${markdownText(policy.sha256.slice(0, 12))})`,
  ];
}

function unreadable({ sources, passes }: Report): string[] {
  return incompleteMarkdown(incompletenessOf(sources, passes));
}

function failures({ outcomes }: Report): string[] {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [];
  const rows = failed
    .slice(0, MOST_ROWS)
    .map((outcome) => [outcome.action, outcome.resourceId, outcomeSentence(outcome)]);
  return [`## Failed: ${count(failed.length)}`, table(['Action', 'Resource', 'Why'], rows), ...more(failed.length)];
}

function totals({ totals, prices, target }: Report): string[] {
  const { decisions, storage, dueStorage, deletedStorage } = totals;
  const decided = Object.entries(decisions).map(([decision, images]) => [decision, count(images)]);
  const assumed = prices.assumed ? `, assumed for ${markdownText(target.region)}` : '';
  return [
    '## Totals',
    table(
      ['Images', count(totals.images)],
      [
        ...decided,
        ['due, all steps', count(totals.dueImages)],
        ...(totals.unverified === undefined ? [] : [['due, unverified', count(totals.unverified)]]),
        ['without an owner', count(totals.imagesWithoutOwner)],
      ],
    ),
    table(
      ['Snapshots', 'Number', 'Storage', 'Cost'],
      [
        ['all', count(storage.snapshots), gib(storage.storageGiB), upTo(storage.monthlyCostUpTo)],
        ['of due images', count(dueStorage.snapshots), gib(dueStorage.storageGiB), upTo(dueStorage.monthlyCostUpTo)],
        [
          'deleted by this run',
          count(deletedStorage.snapshots),
          gib(deletedStorage.storageGiB),
          upTo(deletedStorage.monthlyCostUpTo),
        ],
      ],
    ),
    ...unverifiedSentence(totals),
    `Costs are at most: by each snapshot's full size at $${prices.standardPerGiBMonth} a GiB and month${assumed} (${markdownText(prices.asOf)}). Deleting one of a lineage can free less, or nothing.`,
  ];
}

function changesSection({ changes }: Report): string[] {
  if (changes === undefined) return [];
  const told = ['## Since the last report', markdownText(changesSentence(changes))];
  if (changes.status === 'not-compared' || changes.images.length === 0) return told;
  const rows = changedImages(changes)
    .slice(0, MOST_ROWS)
    .map((image) => [changeTitle(image), image.imageId, image.name, image.owner ?? '', changeSentence(image)]);
  return [...told, table(['Change', 'Image', 'Name', 'Owner', 'Now, and why'], rows), ...more(changes.images.length)];
}

function passSection(pass: ReportPass, { mode }: Report, find: Lookup): string[] {
  const rows = pass.actions.slice(0, MOST_ROWS).map((action) => actionRow(action, find));
  const enforced = mode === 'enforce';
  return [
    `## ${pass.pass}`,
    pass.stopped === undefined ? passSentence(pass, mode) : `**${passSentence(pass, mode)}**`,
    ...(rows.length === 0
      ? []
      : [
          table(
            ['Resource', 'Name', 'Owner', 'What', 'Why', ...(enforced ? ['Outcome'] : [])],
            rows.map((row) => [
              row.resourceId,
              row.name,
              row.owner,
              row.what,
              row.why,
              ...(enforced ? [row.outcome] : []),
            ]),
          ),
        ]),
    ...more(pass.actions.length),
  ];
}

function withheldSection(report: Report): string[] {
  const withheld = withheldOf(report);
  if (withheld.length === 0) return [];
  const advice = withheldAdvice(report, withheld).map((line) =>
    line.startsWith('aws ') ? `\`\`\`sh\n${line}\n\`\`\`` : markdownText(line),
  );
  return [...listSection(withheldTitle(withheld), withheld.map(withheldSentence)), ...advice];
}

function keptSection({ images }: Report): string[] {
  const groups = keptGroups(images);
  if (groups.length === 0) return [];
  const rows = groups.map(({ code, images: kept, byThisAlone }) => [
    IMAGE_REASONS[code].title,
    count(kept.length),
    count(byThisAlone),
    kept
      .slice(0, EXAMPLES)
      .map((image) => example(image, code))
      .join(' '),
  ]);
  return ['## Why every other image stays', table(['Reason', 'Images', 'By this alone', 'For example'], rows)];
}

/** One image of a group, and why it is in it. */
function example(image: ReportImage, code: ReportReason['code']): string {
  const reason = image.reasons.find((candidate) => candidate.code === code);
  return reason === undefined ? image.imageId : `${image.imageId}: ${reasonSentence(reason, image.references)}`;
}

function snapshotSection({ snapshots }: Report): string[] {
  const rows = snapshotGroups(snapshots).map((group) => [
    group.decision,
    SNAPSHOT_REASONS[group.code].title,
    count(group.count),
  ]);
  return rows.length === 0 ? [] : ['## Snapshots', table(['Decision', 'Reason', 'Snapshots'], rows)];
}

function refusedSection(report: Report): string[] {
  return listSection('Refused by AWS', refusedRows(report).map(refusedSentence));
}

function vestigialSection({ vestigial, dangling, missingImages = [] }: Report): string[] {
  return [
    ...listSection(
      'Vestigial references: nothing seems to use what alone keeps these images',
      vestigial.map((reference) => `${reference.imageId}: ${referenceText(reference)}`),
    ),
    ...listSection(MISSING_TITLE, missingImages.map(missingText)),
    ...listSection(
      'References that lead nowhere',
      dangling.map(({ missing, namedBy }) =>
        namedBy.length === 0 ? missing : `${missing}, named by ${namedBy.join(' and ')}`,
      ),
    ),
  ];
}

function sourceSection({ sources }: Report): string[] {
  const rows = [...sources]
    .sort((a, b) => Number(b.status === 'unreadable') - Number(a.status === 'unreadable'))
    .map((source) => [source.name, source.status, count(source.references), count(source.calls), sourceNote(source)]);
  return rows.length === 0 ? [] : ['## Sources', table(['Source', 'Status', 'References', 'Calls', 'Why'], rows)];
}

function listSection(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [
    `## ${title}`,
    lines
      .slice(0, MOST_ROWS)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
    ...more(lines.length),
  ];
}

function more(all: number): string[] {
  return all > MOST_ROWS ? [`… and ${count(all - MOST_ROWS)} more: report.json has them all.`] : [];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([[...header], ...rows.map((row) => row.map(markdownText))], {
    alignDelimiters: false,
    padding: true,
  });
}
