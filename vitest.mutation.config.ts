import { defineConfig } from 'vitest/config';

/** Only the tests of the rules, and few runs of each property: every mutant runs them anew. */
export default defineConfig({
  test: {
    include: ['test/{policy,plan,oracle,properties}/**/*.test.ts'],
    exclude: ['test/properties/parse-fuzz.test.ts'],
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 60_000,
    env: { PROPERTY_RUNS: '0.15' },
  },
});
