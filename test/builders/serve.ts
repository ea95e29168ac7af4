import { STSClient } from '@aws-sdk/client-sts';
import { vi } from 'vitest';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { answerDirectly, type SentRequest } from './in-process.ts';
import { BUCKET } from './journal.ts';

/** How AWS's clients send, all of them. */
interface Sender {
  handle(request: SentRequest & { port?: number }, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

const sender: Sender = Object.getPrototypeOf(new STSClient({ region: 'eu-west-1' }).config.requestHandler);
const overSockets = sender.handle;
const served = new Map<number, Sandbox>();

function direct(this: Sender, ...[request, options]: Parameters<Sender['handle']>) {
  const sandbox = served.get(request.port ?? 0);
  // What may be broken off in the middle is sent as it is to AWS.
  return sandbox === undefined || options?.abortSignal !== undefined
    ? overSockets.call(this, request, options)
    : answerDirectly(sandbox, request);
}

/**
 * Starts an embedded account. AWS's clients of this process reach it without a socket, which is half of what a call costs;
 * other processes by its address.
 */
export async function serveDirectly(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  const port = Number(new URL(sandbox.url).port);
  served.set(port, sandbox);
  sender.handle = direct;
  const close = async () => {
    served.delete(port);
    if (served.size === 0) sender.handle = overSockets;
    await sandbox.close();
    if (sandbox.calls.invalid.length > 0) throw new Error(`AWS would refuse this: ${sandbox.calls.invalid.join('; ')}`);
  };
  return { ...sandbox, close };
}

/** The same, and points AWS's standard settings at it, beside further variables, until they are unstubbed. */
export async function serve(
  options: SandboxOptions,
  variables: Readonly<Record<string, string>> = {},
): Promise<Sandbox> {
  const sandbox = await serveDirectly(options);
  const environment = { ...sandboxEnvironment(sandbox.url, options.account.region), ...variables };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_PROFILE', undefined);
  return sandbox;
}

/** Puts a policy where the functions look for it; gives the variables that tell them. */
export function storePolicy({ buckets }: AccountState, text: string, lastModified = new Date()) {
  const objects = buckets.get(BUCKET) ?? new Map();
  objects.set('policy/ami-janitor.yml', { body: Buffer.from(text), eTag: '"1"', lastModified, metadata: {} });
  buckets.set(BUCKET, objects);
  return { REPORT_BUCKET: BUCKET, POLICY: `s3://${BUCKET}/policy/ami-janitor.yml` };
}
