import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it, vi } from 'vitest';
import { publishSummaryMetrics } from '../../src/handlers/organization/metrics.ts';
import type { TargetResult } from '../../src/organization/act/target-result.ts';
import { summarize } from '../../src/organization/summary/summary.ts';
import { summaryMarkdown, summaryPage } from '../../src/organization/summary/summary-documents.ts';

const pass = { actions: 2, deferred: 1, withheld: 1, stopped: false };
const storage = { snapshots: 1, storageGiB: 10.1, monthlyCostUpTo: 0.51 };

function ended(given: Partial<Extract<TargetResult, { stage: 'ended' }>> = {}): TargetResult {
  return {
    stage: 'ended',
    rounds: 3,
    observedAt: '2026-11-21T02:00:00.000Z',
    complete: true,
    report: 's3://bucket/reports/2/eu-west-1/2026/11/21/run/',
    totals: {
      images: 7,
      decisions: { keep: 2, deprecate: 1, disable: 1, archive: 0, deregister: 2, reinstate: 1 },
      dueImages: 3,
      imagesWithoutOwner: 1,
      unreadableSources: 1,
      storage,
      dueStorage: storage,
      deletedStorage: storage,
      passes: {
        protect: { actions: 0, deferred: 0, withheld: 0, stopped: false },
        deprecate: pass,
        disable: pass,
        archive: { actions: 0, deferred: 0, withheld: 0, stopped: false },
        deregister: { ...pass, stopped: true },
        'delete-snapshots': pass,
      },
      outcomes: { done: 4, skipped: 1, failed: 2 },
    },
    troubles: ['eu-west-1: disable ami-1: it failed'],
    notes: {
      stopped: [],
      problems: [],
      usageReportsAskedFor: 2,
      shared: { images: 9, unused: 3, cancelled: 1, stopped: false },
    },
    ...given,
  };
}

const HOSTILE = '<script>alert(1)</script>|@here [x](javascript:1)';
const run = {
  runId: '20261121T020000Z-1a2b3c4d',
  mode: 'enforce' as const,
  startedAt: '2026-11-21T02:00:00.000Z',
  policy: { source: 's3://bucket/policy.yml', sha256: 'f'.repeat(64) },
};
const at = (accountId: string, region = 'eu-west-1') => ({ accountId, region });
const summary = summarize({
  run,
  targets: [
    { target: at('2'), name: HOSTILE, result: ended() },
    { target: at('2', 'us-east-1'), name: HOSTILE, result: ended({ complete: false, troubles: [] }) },
    { target: at('3'), result: { stage: 'left-out', status: 'unread', error: 'the role could not be assumed' } },
    { target: at('4'), result: { stage: 'left-out', status: 'skipped', error: 'not enabled' } },
    { target: at('5'), result: undefined },
    { target: at('6'), result: { stage: 'closing', notes: { stopped: [], problems: [], usageReportsAskedFor: 0 } } },
  ],
  leftOut: [{ accountId: '7', reason: 'AWS Organizations says that it is SUSPENDED' }],
  notified: undefined,
  notifies: true,
});

describe('a summary', () => {
  it('says how many removals a place withheld', () => {
    expect(summary.places[0]?.withheld).toBe(4);
    expect(summaryMarkdown(summary)).toContain('4 withheld');
  });

  it('adds up what came of every place', () => {
    expect(summary.totals).toEqual({
      accounts: 5,
      places: { ended: 2, unread: 1, skipped: 1, 'not-ended': 2 },
      images: 14,
      dueImages: 6,
      decisions: { keep: 4, deprecate: 2, disable: 2, archive: 0, deregister: 4, reinstate: 2 },
      actions: 16,
      imagesWithoutOwner: 2,
      unreadableSources: 2,
      storageGiB: 20.2,
      monthlyCostUpTo: 1.02,
      dueMonthlyCostUpTo: 1.02,
      deferred: 8,
      outcomes: { done: 8, skipped: 2, failed: 4 },
      dueGiB: 20.2,
      deletedGiB: 20.2,
      deletedMonthlyCostUpTo: 1.02,
      launchPermissionsCancelled: 2,
      usageReportsAskedFor: 4,
    });
    expect(summary.complete).toBe(false);
  });

  it('names every trouble with its account', () => {
    expect(summary.troubles).toEqual([
      '2 eu-west-1: disable ami-1: it failed',
      '3 eu-west-1: the role could not be assumed',
      '5 eu-west-1: it did not end in this run; see the failed executions of the state machine, and redrive it',
      '6 eu-west-1: it did not end in this run; see the failed executions of the state machine, and redrive it',
      'the owners could not be told; see the log of the notifying state',
    ]);
  });

  it('is complete where every target ended so, and those that are none do not count', () => {
    const targets = [
      { target: at('2'), result: ended() },
      { target: at('4'), result: { stage: 'left-out', status: 'skipped', error: 'x' } as const },
    ];
    expect(summarize({ run, targets, leftOut: [], notified: undefined, notifies: false })).toMatchObject({
      complete: true,
      troubles: ['2 eu-west-1: disable ami-1: it failed'],
    });
  });

  it('is harmless in Markdown and HTML, whatever accounts are called', () => {
    const markdown = summaryMarkdown(summary);
    const rendered = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
    for (const page of [rendered, summaryPage(summary)]) {
      expect(page).not.toContain('<script>');
      expect(page).not.toContain('href="javascript');
      expect(page).toContain('could not be assumed');
      expect(page).toContain('SUSPENDED');
    }
    expect(markdown).toContain('@&#8203;here');
  });

  it('leads to the report of each place, from where it lies', () => {
    expect(summaryPage(summary)).toContain('href="../../reports/2/eu-west-1/2026/11/21/run/report.html"');
  });
});

it('tells CloudWatch of all targets together, once', () => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'AmiJanitor/test');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  publishSummaryMetrics(summary, 1234);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  expect(lines).toHaveLength(1);
  const written = JSON.parse(lines[0] ?? '');
  expect(written._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'scope']]);
  // Two of six targets have ended; one is no target after all.
  expect(written).toMatchObject({
    scope: 'organization',
    runId: run.runId,
    Accounts: 5,
    RunsWithoutReport: 3,
    DurationMilliseconds: 1234,
    Images: 14,
    ImagesKept: 4,
    ImagesToDeregister: 4,
    UnreadableSources: 2,
    ActionsPlanned: 16,
    ActionsDeferred: 8,
    ActionsDone: 8,
    ActionsFailed: 4,
    StorageGiB: 20.2,
    DueMonthlyCostUpTo: 1.02,
  });
});
