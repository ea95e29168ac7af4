import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 30_000,
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      POWERTOOLS_METRICS_DISABLED: 'true',
      // Stories have a time of their own, which the SDK would take for a skewed clock, and try each refusal eight times.
      AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
    },
  },
});
