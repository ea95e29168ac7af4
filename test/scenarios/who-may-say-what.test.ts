import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler as deregister } from '../../src/handlers/deregister.ts';
import { handler as notify } from '../../src/handlers/notify.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { silenceConsole } from '../builders/silence-console.ts';
import { lambdaContext } from '../handlers/invoke.ts';
import { NOW, StoryAccount } from './account.ts';

const BUCKET = 'ami-janitor-reports';
/** The deployment's policy without what protects. */
const WITHOUT_PROTECTION = {
  version: 1,
  rules: [
    { name: 'all', select: { name: '*' }, keep: { youngerThan: '30d' }, deprecate: {}, deregister: { after: '30d' } },
  ],
  limits: { perRun: 100, stopAbove: '100%' },
};
const POLICY = { ...WITHOUT_PROTECTION, protect: { tags: { Keep: 'true' } } };

let story: StoryAccount;
let sandbox: Sandbox;
let kept: string;

beforeEach(async () => {
  silenceConsole();
  vi.setSystemTime(NOW);
  story = new StoryAccount();
  kept = story.image('payroll', { tags: { Keep: 'true' } });
  const variables = { ...storePolicy(story.state, JSON.stringify(POLICY)), JANITOR_ENFORCE: 'true' };
  sandbox = await serve({ account: story.state, now: () => NOW }, variables);
});

afterEach(async () => {
  await sandbox.close();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('whoever may invoke a function that enforces', () => {
  it.each([
    ['the deregistering function', deregister],
    ['the notifying function', notify],
  ])('cannot set aside what the policy protects by a policy of their own: %s', async (_, handler) => {
    for (const policy of [WITHOUT_PROTECTION, `s3://${BUCKET}/reports/mine.yml`]) {
      const refused = handler({ mode: 'enforce', policy }, lambdaContext());
      await expect(refused).rejects.toThrow('"policy" goes with "mode": "dry-run" only');
      await expect(refused).rejects.toMatchObject({ name: 'RefusedError' });
    }
    expect(story.state.images.has(kept)).toBe(true);
    expect(sandbox.calls.entries).toEqual([]);
  });

  it.each([
    ['the deregistering function', deregister],
    ['the notifying function', notify],
  ])('cannot send it where the deployment does not go: %s', async (_, handler) => {
    const refused = handler({ mode: 'enforce', regions: ['eu-west-1', 'ap-south-1'] }, lambdaContext());
    await expect(refused).rejects.toThrow(
      'with "mode": "enforce" "regions" may name only those that the deployment serves (eu-west-1), not ap-south-1',
    );
    expect(sandbox.calls.entries).toEqual([]);
  });

  it('may ask both of a dry run, which only reports', async () => {
    const asked = { policy: WITHOUT_PROTECTION, regions: ['eu-west-1', 'ap-south-1'] };
    expect((await deregister(asked, lambdaContext())).regions.map(({ region }) => region)).toEqual(asked.regions);
    expect(sandbox.calls.writes()).toEqual([]);
  });
});
