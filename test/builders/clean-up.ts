import { afterAll, vi } from 'vitest';

// Files share a worker: none leaves its environment, its clock or its spies to the next.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});
