import { defineConfig } from 'vitest/config';

/** Only the tables, the plans and the second engine, with few random cases: every mutant runs them anew. */
export default defineConfig({
  test: {
    include: ['test/{model,policy,plan,oracle}/**/*.test.ts'],
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 60_000,
    env: { PROPERTY_RUNS: '0.1' },
  },
});
