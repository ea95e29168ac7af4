import { defineConfig } from 'vitest/config';
import { ENVIRONMENT } from './test/builders/sdk-environment.ts';

/** Everything is run but by `npm test`, which leaves out what is tagged long and takes samples of the long sweeps. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/builders/clean-up.ts', 'test/builders/fixed-seed.ts'],
    pool: 'threads',
    // One more than the cores that people have at least: some stories wait in real time.
    maxWorkers: 3,
    // Loading the AWS SDK anew for each file would take a third of the time.
    isolate: false,
    testTimeout: 30_000,
    tags: [{ name: 'long', description: 'Takes long by its nature; `npm run test:all` runs it.' }],
    env: {
      ...ENVIRONMENT,
      ...(mode === 'sample' && { SAMPLE: 'true', PROPERTY_RUNS: '0.2' }),
    },
  },
}));
