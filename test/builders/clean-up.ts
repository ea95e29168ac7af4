import { syncBuiltinESMExports } from 'node:module';
import { afterAll, vi } from 'vitest';
import { restoreEnvironment } from './environment.ts';

// The functions keep their process's heap small, which costs processor time: a third of all, where every file would pay.
vi.mock('../../src/observe/memory.ts', () => ({ keepHeapSmall: () => {}, collectGarbage: () => {} }));

// Files share a worker: none finds what others left,
restoreEnvironment();
// and none leaves its environment, its clock or its spies to the next.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
