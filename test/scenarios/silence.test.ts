import { describe, expect, it, vi } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { createClients } from '../../src/aws/clients.ts';
import { SILENCE_MILLISECONDS } from '../../src/aws/silence.ts';
import { awsAccountReader } from '../../src/observe/account-reader.ts';
import { aPolicy, StoryAccount } from './account.ts';

const LIMIT = 1500;

/** Looks at an account whose endpoint takes its time; how long that took, and what came of each source. */
async function lookAt(account: StoryAccount, latencyMilliseconds: (call: Call) => number, pageSizeCap?: number) {
  const sandbox = await startSandbox({
    account: account.state,
    now: () => new Date(),
    latencyMilliseconds,
    ...(pageSizeCap !== undefined && { pageSizeCap }),
  });
  for (const [name, value] of Object.entries(sandboxEnvironment(sandbox.url, 'eu-west-1'))) vi.stubEnv(name, value);
  vi.stubEnv('AWS_PROFILE', undefined);
  const clients = createClients('eu-west-1', { pace: 'off', silenceMilliseconds: LIMIT });
  const settings = aPolicy().references;
  const observer = { onCall: () => {}, onSource: () => {} };
  const startedAt = performance.now();
  try {
    const account = await awsAccountReader({ clients, settings, observer, clock: () => new Date() }).account();
    const took = performance.now() - startedAt;
    return { took, source: (name: string) => account.references.sources.find((one) => one.name === name) };
  } finally {
    clients.destroy();
    await sandbox.close();
    vi.unstubAllEnvs();
  }
}

describe('an endpoint', () => {
  it('that hangs fails its source in time, with one sentence, and no other', async () => {
    const account = new StoryAccount();
    account.image('unused');
    const hangs = (operations: readonly string[]) => (call: Call) => (operations.includes(call.operation) ? 60_000 : 0);
    const { took, source } = await lookAt(account, hangs(['DescribeFleets', 'ListImageRecipes', 'ListDocuments']));
    expect(took).toBeLessThan(LIMIT * 4);
    for (const [name, operation] of [
      ['ec2-fleets', 'DescribeFleets'],
      ['image-builder-recipes', 'listImageRecipes'],
      ['ssm-documents', 'ListDocuments'],
    ] as const) {
      const one = source(name);
      expect(one?.status).toBe('unreadable');
      expect(one?.status === 'unreadable' ? one.error : '').toMatch(
        new RegExp(`^AWS gave no answer to ${operation} for 2 seconds, retries included; check the network`, 'i'),
      );
    }
    expect(source('instances')?.status).toBe('read');
  });

  it('that goes on answering is not cut, however long it takes', async () => {
    const account = new StoryAccount();
    for (let number = 0; number < 20; number += 1) account.instance('ami-0000000f');
    const { took, source } = await lookAt(account, ({ operation }) => (operation === 'DescribeInstances' ? 250 : 0), 2);
    expect(took).toBeGreaterThan(LIMIT);
    expect(source('instances')).toMatchObject({ status: 'read', references: 20 });
  });

  it('has well under two minutes', () => {
    expect(SILENCE_MILLISECONDS).toBeLessThanOrEqual(90_000);
  });
});
