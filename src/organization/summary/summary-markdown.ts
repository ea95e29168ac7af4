import { markdownTable } from 'markdown-table';
import { minute } from '../../text/dates.ts';
import { count, counted, gib, upTo } from '../../text/format.ts';
import { markdownText } from '../../text/untrusted.ts';
import type { OrganizationSummary, TargetSummary } from './summary.ts';

const MOST_ROWS = 500;

/** The sentences that stand first, in every form of the summary. */
export function summaryLines({ mode, totals }: OrganizationSummary): string[] {
  const { accounts, places, images, dueImages, deferred, outcomes } = totals;
  const verb = mode === 'enforce' ? 'Deleted' : 'Would delete';
  return [
    `${counted(places.ended, 'target')} in ${counted(accounts, 'account')}: ${counted(images, 'image')}, ${count(dueImages)} due.`,
    ...(places.unread + places['not-ended'] > 0
      ? [
          `${count(places.unread)} could not be read and ${count(places['not-ended'])} did not end: what is shared with those stays.`,
        ]
      : []),
    ...(mode === 'enforce'
      ? [
          `${counted(outcomes.done, 'action')} done, ${count(outcomes.skipped)} skipped, ${count(outcomes.failed)} failed, ${count(deferred)} left to later runs.`,
        ]
      : []),
    `${verb} snapshots of ${gib(totals.deletedGiB)}, ${upTo(totals.deletedMonthlyCostUpTo)}.`,
    ...(totals.launchPermissionsCancelled > 0
      ? [
          `${mode === 'enforce' ? 'Cancelled' : 'Would cancel'} the launch permission of ${counted(totals.launchPermissionsCancelled, 'image')} that others share and nothing uses.`,
        ]
      : []),
    ...(totals.usageReportsAskedFor > 0
      ? [`Asked AWS for ${counted(totals.usageReportsAskedFor, 'usage report')}.`]
      : []),
  ];
}

/** What happened in a target, in a few words. */
export function endingOf(target: TargetSummary): string {
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

/** summary.md: what went wrong first, then every target. */
export function summaryMarkdown(summary: OrganizationSummary): string {
  const { runId, mode, startedAt, policy, troubles, places, leftOut } = summary;
  return `${[
    '# AMI summary of the organization',
    `${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} ${markdownText(runId)}, started ${minute(startedAt)}, policy ${markdownText(policy.source)} (sha256 ${markdownText(policy.sha256.slice(0, 12))})`,
    ...(troubles.length === 0 ? [] : [`## Problems: ${count(troubles.length)}`, list(troubles)]),
    list(summaryLines(summary)),
    `## Targets: ${count(places.length)}`,
    markdownTable([
      ['Account', 'Region', 'Images', 'Due', 'Ended'],
      ...places
        .slice(0, MOST_ROWS)
        .map((target) => [
          markdownText(target.name === undefined ? target.accountId : `${target.accountId} ${target.name}`),
          markdownText(target.region),
          count(target.images),
          count(target.dueImages),
          markdownText(endingOf(target)),
        ]),
    ]),
    ...more(places.length),
    ...(leftOut.length === 0
      ? []
      : [
          `## Left out: ${count(leftOut.length)}`,
          list(
            leftOut.map(
              ({ accountId, region, reason }) => `${[accountId, region].filter(Boolean).join(' ')}: ${reason}`,
            ),
          ),
        ]),
  ].join('\n\n')}\n`;
}

function list(lines: readonly string[]): string {
  const shown = lines.slice(0, MOST_ROWS).map((line) => `- ${markdownText(line)}`);
  return [...shown, ...more(lines.length).map((line) => `- ${line}`)].join('\n');
}

function more(all: number): string[] {
  return all > MOST_ROWS ? [`… and ${count(all - MOST_ROWS)} more; summary.json has them all.`] : [];
}
