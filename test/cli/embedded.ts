import { afterAll, beforeAll, vi } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { serve } from '../builders/serve.ts';

/**
 * Serves a seeded embedded account to all tests of a file, and points AWS's standard settings at it.
 * @returns a way to get at the endpoint once the tests run
 */
export function useEmbeddedAccount(options: { readonly images?: number } = {}): () => Sandbox {
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    const account = seedAccount({ now: new Date(), ...options });
    sandbox = await serve({ account, now: () => new Date() });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await sandbox?.close();
  });
  return () => {
    if (sandbox === undefined) throw new Error('the embedded account is served only while tests run');
    return sandbox;
  };
}
