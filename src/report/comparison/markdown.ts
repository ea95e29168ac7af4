import { minute } from '../../text/dates.ts';
import { markdownText } from '../../text/untrusted.ts';
import { incompletenessOf } from '../incomplete.ts';
import { incompleteBlock, tableBlock, tableSection } from '../markdown-blocks.ts';
import type { ComparedDecision, Comparison } from './comparison.ts';
import { differenceSentence, figures, ruleText, whyHere, whySnapshot } from './sentences.ts';

const WHOLE_IN = ': the JSON has them all.';

/** What two policies decide differently, for a pull request. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { target, observedAt, at, policy, against, totals, images, snapshots } = comparison;
  const changes = totals.changes.map((change) => [change.policy, change.against, change.images]);
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
    ...incompleteBlock(incompletenessOf(comparison.sources)),
    `**${differenceSentence(comparison)}**`,
    ...tableBlock(['', policy.source, against.source], figures(comparison)),
    ...tableSection('Changes', ['Decision', 'Against', 'Images'], changes, WHOLE_IN),
    ...tableSection('Images', ['Image', 'Name', 'Owner', policy.source, against.source], imageRows, WHOLE_IN),
    ...tableSection('Snapshots', ['Snapshot', policy.source, against.source], snapshotRows, WHOLE_IN),
  ].join('\n\n')}\n`;
}

function decisionText(decision: ComparedDecision): string {
  return `${decision.decision} (${ruleText(decision)}): ${whyHere(decision)}`;
}
