import { describe, expect, it } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { clientsOf, type Live } from '../../scripts/live/live.ts';
import { askQuestions } from '../../scripts/live/questions.ts';
import { type Row, tellStory } from '../../scripts/live/story.ts';
import { takeDown } from '../../scripts/live/take-down.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { runLine } from '../cli/command-line.ts';
import { StoryAccount } from '../scenarios/account.ts';

const TRIAL = 'ami-janitor-live-1';
const folder = temporaryFolder();

/** An account with an old image of its own that nothing uses, and a trial in it, on a clock on which waiting takes no time. */
async function begin(intercept?: Parameters<typeof serve>[0]['intercept']) {
  const story = new StoryAccount(emptyAccount());
  story.image('own', { deprecatedDaysAgo: null });
  const before = contentsOf(story);
  let milliseconds = Date.now();
  const now = () => new Date(milliseconds);
  await serve({ account: story.state, now, ...(intercept && { intercept }) });
  const live: Live = {
    ...clientsOf(story.state.region),
    trial: TRIAL,
    janitor: async (...args) => {
      const { exitCode, stdout, stderr } = await runLine(args, { now });
      return { exitCode, json: stdout.startsWith('{') ? JSON.parse(stdout) : undefined, stderr };
    },
    sleep: async (wait) => {
      milliseconds += wait;
    },
    now,
    say: () => {},
  };
  return { story, before, live };
}

/** All that there is in an account, by its kind. */
function contentsOf({ state }: StoryAccount): unknown {
  const { images, snapshots, volumes, launchTemplates, autoScalingGroups, parameters, recycleBin } = state;
  const keys = [images, snapshots, volumes, launchTemplates, autoScalingGroups, parameters].map((map) => [
    ...map.keys(),
  ]);
  return [...keys, recycleBin.rules, [...recycleBin.images.keys()], [...recycleBin.snapshots.keys()]];
}

describe('a trial on an account', () => {
  it('goes through every pass, asks its questions, and leaves the account as it was', { timeout: 60_000 }, async () => {
    const { story, before, live } = await begin();
    const rows: Row[] = [];
    await tellStory(live, rows, folder);
    await askQuestions(live, rows);
    expect(rows.filter(({ expected, seen }) => expected !== seen)).toEqual([]);
    expect(rows.length).toBeGreaterThan(25);
    expect(await takeDown(live)).toEqual([]);
    expect(contentsOf(story)).toEqual(before);
  });

  it('makes nothing where ami-janitor runs already: by the trial’s policy it would give its images back', async () => {
    const { story, live } = await begin();
    const marked = story.image('marked', { deprecatedDaysAgo: 60 });
    const before = contentsOf(story);
    await expect(tellStory(live, [], folder)).rejects.toThrow(`such as ${marked}, which ami-janitor marked before`);
    expect(contentsOf(story)).toEqual(before);
  });

  it('takes everything down that was made before it was interrupted', async () => {
    const { story, before, live } = await begin();
    let waits = 0;
    const sleep: Live['sleep'] = async (wait) => {
      waits += 1;
      if (waits === 2) throw new Error('interrupted');
      return live.sleep(wait);
    };
    await expect(tellStory({ ...live, sleep }, [], folder)).rejects.toThrow('interrupted');
    expect(contentsOf(story)).not.toEqual(before);
    expect(await takeDown(live)).toEqual([]);
    expect(contentsOf(story)).toEqual(before);
  });

  it('where there is no Recycle Bin says so, removes nothing by its passes, and takes everything else down', async () => {
    const refused = { error: { code: 'UnsupportedOperation', message: 'not here', status: 400 } };
    const { story, before, live } = await begin(({ service, operation }) =>
      service === 'rbin' || operation.endsWith('InRecycleBin') ? refused : undefined,
    );
    const rows: Row[] = [];
    await tellStory(live, rows, folder);
    const seen = Object.fromEntries(rows.map((row) => [row.tried, row.seen]));
    expect(seen['retention rules']).toBe('UnsupportedOperation');
    expect(seen['deregister (due)']).toMatch(/; disabled, deprecated$/);
    expect(await takeDown(live)).toEqual(
      ['the retention rules', 'images in the Recycle Bin', 'snapshots in the Recycle Bin'].map(
        (what) => `${what}: UnsupportedOperation: not here`,
      ),
    );
    expect(contentsOf(story)).toEqual(before);
  });

  it('says what it could not take down, and what lies in the bin until when', async () => {
    const { story, live } = await begin();
    const everything = { resource: 'image', retentionDays: 7, identifier: 'wholeRegion' } as const;
    story.state.recycleBin.rules.push(everything);
    await tellStory(live, [], folder);
    const { images } = story.state;
    const [id, image] = [...images].find(([, { Name }]) => Name === `${TRIAL}-due`) ?? [''];
    images.set(id, { ...image, DeregistrationProtection: 'enabled-without-cooldown' });
    const left = await takeDown(live);
    expect(left).toEqual([
      expect.stringMatching(new RegExp(`^${id}: OperationNotPermitted: `)),
      expect.stringMatching(/^snap-\w+: InvalidSnapshot\.InUse: /),
      ...Array.from({ length: 4 }, () => expect.stringMatching(/^ami-\w+ waits in the Recycle Bin until 20/)),
    ]);
    expect(story.state.recycleBin.rules).toContain(everything);
  });
});
