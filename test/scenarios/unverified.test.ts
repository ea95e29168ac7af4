import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Sandbox } from '../../sandbox/server.ts';
import { imagesCsv } from '../../src/report/csv.ts';
import { reportHtml } from '../../src/report/html/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { PLAIN } from '../report/texts.ts';
import { aPolicy, NOW, StoryAccount, tell } from './account.ts';

const ONE_A_RUN = { limits: { perRun: 1, stopAbove: '100%' } };
let sandbox: Sandbox | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  sandbox = undefined;
});

/** Five due images, the oldest first; the last is shared, and so far down the list that no plan asks about it. */
function fiveDue(): { story: StoryAccount; first: string; shared: string; images: string[] } {
  const story = new StoryAccount();
  const images = [1, 2, 3, 4, 5].map((number) => story.image(`old ${number}`, { ageDays: 500 - number }));
  const [first = '', , , , shared = ''] = images;
  story.state.launchPermissions.set(shared, [{ UserId: '999988887777' }]);
  return { story, first, shared, images };
}

it('a plan says of how many due images nobody asked whom they are shared with, and counts them as no saving', async () => {
  const { story, first, images } = fiveDue();
  // Deprecated by this tool, and waiting: not asked about in this run either.
  const waiting = story.image('waiting', { deprecatedDaysAgo: 3 });
  const { report } = await tell(story.state, { policy: aPolicy(ONE_A_RUN) });
  const unverified = report.images.filter((image) => image.unverified === true).map(({ imageId }) => imageId);
  expect(unverified.sort()).toEqual([...images.filter((id) => id !== first), waiting].sort());
  expect(report.totals).toMatchObject({ dueImages: 6, unverified: 5, dueStorage: { snapshots: 1, storageGiB: 8 } });

  const said = '5 due images are unverified: nobody asked yet whom they are shared with';
  expect(reportTerminal(report, { width: 200, palette: PLAIN })).toContain(said);
  expect(reportMarkdown(report)).toContain(said);
  expect([...reportHtml(report)].join('')).toContain(said);
  const [head = '', ...rows] = [...imagesCsv(report)].join('').trim().split('\n');
  const column = head.split('","').indexOf('unverified');
  expect(rows.filter((row) => row.split('","')[column] === 'true')).toHaveLength(5);
});

it('a plan that asked about all of them has none', async () => {
  const { story, shared } = fiveDue();
  const { report, reasonsOf } = await tell(story.state);
  expect(report.totals.unverified).toBeUndefined();
  expect(report.totals).toMatchObject({ dueImages: 4, dueStorage: { snapshots: 4 } });
  expect(reasonsOf(shared)).toEqual(['shared']);
});

const policy = join(temporaryFolder(), 'policy.yml');
it('explain asks whom an image is shared with and what holds its snapshots, once, however late its turn would come', async () => {
  const { story, shared, first } = fiveDue();
  const late = story.image('the last to go', { ageDays: 450 });
  const locked = story.snapshotOf(late);
  story.state.snapshotLocks.set(locked, { SnapshotId: locked, LockState: 'compliance' });
  const copy = story.image('copy', { with: { SourceImageId: shared, SourceImageRegion: story.state.region } });
  const rule =
    '{ name: all, select: { name: "*" }, keep: { youngerThan: 30d, copiesOfKept: true }, deprecate: {}, deregister: { after: 30d } }';
  await writeFile(policy, `version: 1\nrules: [${rule}]\nlimits: { perRun: 1, stopAbove: 100% }\n`);
  sandbox = await serve({ account: story.state, now: () => NOW });
  const explained = async (id: string) => {
    const at = NOW.toISOString();
    const { stdout } = await janitor('explain', id, '--policy', policy, '--at', at, '--format', 'json');
    return z
      .looseObject({ decision: z.string(), reasons: z.array(z.looseObject({ code: z.string() })) })
      .parse(JSON.parse(stdout));
  };
  const told = await explained(shared);
  expect(told.decision).not.toBe('deregister');
  expect(told.reasons.map(({ code }) => code)).toEqual(['shared']);
  expect(told).not.toHaveProperty('unverified');
  const asked = sandbox.calls.entries.filter(
    ({ operation, input }) => operation === 'DescribeImageAttribute' && JSON.stringify(input).includes(shared),
  );
  expect(asked).toHaveLength(1);
  expect(await explained(first)).toMatchObject({ decision: 'deregister' });
  const { stdout } = await janitor('explain', late, '--policy', policy, '--at', NOW.toISOString());
  expect(stdout).toContain(`${locked} keep: `);
  expect(stdout).toMatch(/locked/i);
  // What it was copied from is shared, and keeps it.
  expect((await explained(copy)).reasons.map(({ code }) => code)).toEqual(['copy-of-kept']);
});
