import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { LOCK_PARAMETER } from '../../src/execute/lock.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';

const POLICY = `version: 1
rules:
  - name: all
    select: { tags: { Family: "*" } }
    keep: { youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
orphanSnapshots: { deleteAfter: 30d }
limits: { perRun: 20, stopAbove: 100% }
`;

const policy = join(temporaryFolder(), 'policy.yml');
beforeAll(() => writeFile(policy, POLICY));

function startRun({ url, state }: Sandbox): ChildProcess {
  const args = ['src/cli/main.ts', 'run', '--enforce', '--yes', '--policy', policy, '--format', 'json'];
  const env = { ...process.env, ...sandboxEnvironment(url, state.region), AWS_PROFILE: '' };
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

it.each([25])(
  'a real process, killed at its write %d, leaves nothing that the next does not finish',
  { timeout: 120_000, tags: ['long'] },
  async (fatal) => {
    let writes = 0;
    let doomed: ChildProcess | undefined;
    const sandbox = await startSandbox({
      account: seedAccount({ now: new Date() }),
      now: () => new Date(),
      intercept: (call) => {
        writes += call.writes ? 1 : 0;
        // Killed after the endpoint took the request and before any answer: it acts, and nobody hears of it.
        return writes === fatal ? { before: () => void doomed?.kill('SIGKILL') } : undefined;
      },
    });
    try {
      doomed = startRun(sandbox);
      expect(await once(doomed, 'exit')).toEqual([null, 'SIGKILL']);
      expect(withoutSnapshots(sandbox)).toEqual([]);

      // As after its 20 minutes.
      sandbox.state.parameters.delete(LOCK_PARAMETER);
      expect(await once(startRun(sandbox), 'exit')).toEqual([0, null]);
      expect(withoutSnapshots(sandbox)).toEqual([]);
      const tagged = [...sandbox.state.images.values()].filter(({ Tags }) => has(Tags, 'ami-janitor:run'));
      expect(tagged.filter(({ DeprecationTime }) => DeprecationTime === undefined)).toEqual([]);
    } finally {
      await sandbox.close();
    }
  },
);

function withoutSnapshots({ state }: Sandbox): string[] {
  return [...state.images.values()].flatMap(({ ImageId = '', BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId !== undefined && !state.snapshots.has(Ebs.SnapshotId))
      ? [ImageId]
      : [],
  );
}

function has(tags: readonly { Key?: string | undefined }[] | undefined, key: string): boolean {
  return (tags ?? []).some(({ Key }) => Key === key);
}
