import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { StoryAccount } from '../scenarios/account.ts';

const NO_AWS = {
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_DEFAULT_REGION: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  // Nothing listens there: a request would fail the run.
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
};

const directory = temporaryFolder();
const file = join(directory, 'account.json');
/** The demo's, with a limit above what is due: a plan asks no more about what it leaves to later runs. */
const policy = join(directory, 'policy.yml');
let decidedOverAws = '';
beforeAll(async () => {
  await writeFile(policy, (await readFile('examples/demo.yml', 'utf8')).replace('perRun: 25', 'perRun: 1000'));
  const account = seedAccount({ now: new Date() });
  new StoryAccount(account).template('names-what-is-gone', ['ami-0badbadbadbadbad0']);
  const sandbox = await serve({ account, now: () => new Date() });
  await janitor('record', file, '--policy', policy);
  decidedOverAws = (await janitor('plan', '--policy', policy, '--format', 'json')).stdout;
  await sandbox.close();
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(NO_AWS)) vi.stubEnv(name, value);
}, 60_000);

const report = z.object({
  at: z.string(),
  missingImages: z.array(z.looseObject({ imageId: z.string() })),
  images: z.array(z.looseObject({ imageId: z.string(), reasons: z.unknown() })),
  passes: z.array(z.object({ pass: z.string(), actions: z.array(z.unknown()), deferred: z.array(z.unknown()) })),
});

/** The passes over images, whose details a plan over AWS reads as well, and the one over snapshots. */
function passesOf({ passes }: z.infer<typeof report>) {
  const [ofSnapshots, ofImages] = [passes.filter(isOfSnapshots), passes.filter((pass) => !isOfSnapshots(pass))];
  return { ofImages, snapshotActions: ofSnapshots.flatMap(({ actions }) => actions) };
}

function isOfSnapshots({ pass }: { readonly pass: string }): boolean {
  return pass === 'delete-snapshots';
}

describe('a recording, with neither Region nor credentials set', () => {
  it('is planned over as the account itself was', async () => {
    const live = report.parse(JSON.parse(decidedOverAws));
    const { exitCode, stdout, stderr } = await janitor(
      ...['plan', '--policy', policy, '--account', file, '--at', live.at, '--format', 'json'],
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const recorded = report.parse(JSON.parse(stdout));
    // A recording asked of every image whom it is shared with; a plan over AWS, of those that come next.
    const decided = ({ images }: typeof live) => images.map(({ unverified: _, ...image }) => image);
    expect(decided(recorded)).toEqual(decided(live));
    expect(recorded.missingImages).toEqual(live.missingImages);
    expect(live.missingImages.map((one) => one.imageId)).toEqual(['ami-0badbadbadbadbad0']);
    expect(recorded.images.filter(({ unverified }) => unverified === true)).toEqual([]);
    expect(passesOf(recorded).ofImages).toEqual(passesOf(live).ofImages);
    // A recording knows of every snapshot whether it is locked or shared, so it can only keep more of them.
    expect(passesOf(live).snapshotActions).toEqual(expect.arrayContaining(passesOf(recorded).snapshotActions));
    expect(passesOf(recorded).snapshotActions).not.toEqual([]);
  });

  it('is explained and compared over, too', async () => {
    const imageId = report.parse(JSON.parse(decidedOverAws)).images[0]?.imageId ?? '';
    const explained = await janitor('explain', imageId, '--policy', policy, '--account', file);
    expect(explained).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(imageId) });
    const compared = await janitor('plan', '--policy', policy, '--against', policy, '--account', file);
    expect(compared.stdout).toContain('No differences over');
  });

  it('gives the same plan for the same time, however often it is asked', async () => {
    const plan = () => janitor('plan', '--policy', policy, '--account', file, '--at', '2027-06-30', '--format', 'csv');
    const [first, second] = [await plan(), await plan()];
    expect(first.stdout).toBe(second.stdout);
  });

  it('that is of another version is refused in one sentence', async () => {
    const other = join(directory, 'other.json');
    await writeFile(other, (await readFile(file, 'utf8')).replace('"recordingVersion": 1', '"recordingVersion": 2'));
    const { exitCode, stdout, stderr } = await janitor('plan', '--policy', policy, '--account', other);
    expect(stderr).toMatch(
      /^ami-janitor: .*other\.json is not a recording that this version reads: recordingVersion: /,
    );
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
