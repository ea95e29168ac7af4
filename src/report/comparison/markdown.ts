import { markdownTable } from 'markdown-table';
import { minute } from '../../text/dates.ts';
import { count } from '../../text/format.ts';
import { markdownText } from '../../text/untrusted.ts';
import { incompletenessOf } from '../incomplete.ts';
import { incompleteMarkdown } from '../incomplete-markdown.ts';
import type { ComparedDecision, Comparison } from './comparison.ts';
import { differenceSentence, figures, ruleText, whyHere, whySnapshot } from './sentences.ts';

const MOST_ROWS = 200;

/** What two policies decide differently, for a pull request. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { target, observedAt, at, policy, against, totals, images, snapshots } = comparison;
  const changes = totals.changes.map((change) => [change.policy, change.against, count(change.images)]);
  const imageRows = images.map((image) => [
    image.imageId,
    image.name,
    image.owner ?? '',
    decisionText(image.policy),
    decisionText(image.against),
  ]);
  const snapshotRows = snapshots.map((one) => [
    one.snapshotId,
    `${one.policy.decision}: ${whySnapshot(one.policy)}`,
    `${one.against.decision}: ${whySnapshot(one.against)}`,
  ]);
  return `${[
    `# AMI policies compared: ${markdownText(target.accountId)} ${markdownText(target.region)}`,
    `${markdownText(policy.source)} against ${markdownText(against.source)}, observed ${minute(observedAt)}, decided for ${minute(at)}`,
    ...unreadable(comparison),
    `**${differenceSentence(comparison)}**`,
    table(['', policy.source, against.source], figures(comparison)),
    ...section('Changes', ['Decision', 'Against', 'Images'], changes),
    ...section('Images', ['Image', 'Name', 'Owner', policy.source, against.source], imageRows),
    ...section('Snapshots', ['Snapshot', policy.source, against.source], snapshotRows),
  ].join('\n\n')}\n`;
}

function unreadable({ sources }: Comparison): string[] {
  return incompleteMarkdown(incompletenessOf(sources));
}

function decisionText(decision: ComparedDecision): string {
  return `${decision.decision} (${ruleText(decision)}): ${whyHere(decision)}`;
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_ROWS;
  return [
    `## ${title}`,
    table(header, rows.slice(0, MOST_ROWS)),
    ...(more > 0 ? [`… and ${count(more)} more: the JSON has them all.`] : []),
  ];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([header.map(markdownText), ...rows.map((row) => row.map(markdownText))], {
    alignDelimiters: false,
  });
}
