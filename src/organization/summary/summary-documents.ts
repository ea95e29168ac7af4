import { html } from '../../report/html/markup.ts';
import { sectionMarkup, staticPage } from '../../report/html/static-page.ts';
import { sectionBlock } from '../../report/markdown-blocks.ts';
import type { Cell, ListSection, TableSection } from '../../report/sections.ts';
import { count, counted, gib, minute, upTo } from '../../text/format.ts';
import { markdownText } from '../../text/untrusted.ts';
import type { OrganizationSummary, TargetSummary } from './summary.ts';

const TITLE = 'AMI summary of the organization';

/** summary.md: what went wrong first, then every target. */
export function summaryMarkdown(summary: OrganizationSummary): string {
  const { runId, mode, startedAt, policy } = summary;
  return `${[
    `# ${TITLE}`,
    `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${markdownText(runId)}, started ${minute(startedAt)}, policy ${markdownText(policy.source)} (sha256 ${markdownText(policy.sha256.slice(0, 12))})`,
    ...sectionsOf(summary).flatMap((section) => sectionBlock(section, '; summary.json has them all.', 500)),
  ].join('\n\n')}\n`;
}

/** summary.html: static, and without network; it leads to the report of each target. */
export function summaryPage(summary: OrganizationSummary): string {
  const { runId, mode, startedAt, policy } = summary;
  const body = html`
<p>${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} <bdi>${runId}</bdi>, started ${minute(startedAt)}, policy <bdi>${policy.source}</bdi> (sha256 ${policy.sha256.slice(0, 12)})</p>
${sectionsOf(summary).map((section) => html`${sectionMarkup(section)}\n`)}`;
  return staticPage(TITLE, body, 'vertical-align:top');
}

function sectionsOf(summary: OrganizationSummary): (ListSection | TableSection)[] {
  const { troubles: problems, places: targets, leftOut } = summary;
  const skipped = leftOut.map(
    ({ accountId, region, reason }) => `${[accountId, region].filter(Boolean).join(' ')}: ${reason}`,
  );
  return [
    { title: `Problems: ${count(problems.length)}`, lines: problems, isBad: true },
    { title: '', lines: summaryLines(summary) },
    {
      title: `Targets: ${count(targets.length)}`,
      heads: ['Account', 'Region', 'Images', 'Due', 'Ended'],
      rows: targets.map(targetRow),
    },
    { title: `Left out: ${count(skipped.length)}`, lines: skipped },
  ];
}

/** The sentences that stand first, in every form of the summary. */
export function summaryLines({ mode, totals }: OrganizationSummary): string[] {
  const { accounts, places, images, dueImages, deferred, outcomes } = totals;
  const { launchPermissionsCancelled: cancelled, usageReportsAskedFor: askedFor } = totals;
  const isEnforced = mode === 'enforce';
  return [
    `${counted(places.ended, 'target')} in ${counted(accounts, 'account')}: ${counted(images, 'image')}, ${count(dueImages)} due.`,
    places.unread + places['not-ended'] > 0 &&
      `${count(places.unread)} could not be read and ${count(places['not-ended'])} did not end: what is shared with those stays.`,
    isEnforced &&
      `${counted(outcomes.done, 'action')} done, ${count(outcomes.skipped)} skipped, ${count(outcomes.failed)} failed, ${count(deferred)} left to later runs.`,
    `${isEnforced ? 'Deleted' : 'Would delete'} snapshots of ${gib(totals.deletedGiB)}, ${upTo(totals.deletedMonthlyCostUpTo)}.`,
    cancelled > 0 &&
      `${isEnforced ? 'Cancelled' : 'Would cancel'} the launch permission of ${counted(cancelled, 'image')} that others share and nothing uses.`,
    askedFor > 0 && `Asked AWS for ${counted(askedFor, 'usage report')}.`,
  ].filter((line) => line !== false);
}

function targetRow(target: TargetSummary): Cell[] {
  const { accountId, name = '', region, images, dueImages, report, status, complete, failed, troubles } = target;
  // `reports/…/` of `s3://BUCKET/reports/…/`; the summary lies two folders below the bucket, here and in `latest/`.
  const path = /^s3:\/\/[^/]+\/((?:[\w-]+\/)+)$/.exec(report ?? '')?.[1];
  const isBad = status !== 'ended' || complete !== true || failed > 0 || troubles.length > 0;
  return [
    { text: `${accountId} `, isolated: name, href: path && `../../${path}report.html` },
    region,
    images,
    dueImages,
    { isolated: endingOf(target), look: isBad ? 'bad' : undefined },
  ];
}

/** What happened in a target, in a few words. */
function endingOf(target: TargetSummary): string {
  const { status, complete, error, stoppedPasses, failed, done, deferred, withheld } = target;
  if (status !== 'ended') return `${status}: ${error ?? ''}`;
  return [
    ...(complete === true ? [] : ['incomplete']),
    ...(stoppedPasses.length > 0 ? [`stopped by a limit: ${stoppedPasses.join(', ')}`] : []),
    `${count(done)} done`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(deferred > 0 ? [`${count(deferred)} later`] : []),
    ...(withheld > 0 ? [`${count(withheld)} withheld`] : []),
  ].join(', ');
}
