import { defineConfig } from 'vitest/config';

/** Only the tables, the plans and the second engine; every mutant runs them anew, so few random cases, always the same. */
export default defineConfig({
  test: {
    include: ['test/{model,policy,plan,validation,oracle}/**/*.test.ts'],
    setupFiles: ['test/builders/fixed-seed.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    env: { PROPERTY_RUNS: '0.1' },
  },
});
