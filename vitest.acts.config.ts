import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/**
 * What mutants of the folders that talk to AWS and to people are tried against: the tests that are quick, or those that
 * `MUTATION_TESTS` names, such as `execute/revalidate aws/lock`.
 */
const { MUTATION_TESTS = '{aws,execute,references,notify}/**/* crash/archive scenarios/*' } = process.env;
const SLOW = ['account-alias', 'call-counts', 'dropped-elements', 'failed-look-ups', 'forged-tags', 'silence'];

export default defineConfig(async (env) => {
  const { test, ...rest } = await base({ ...env, mode: 'sample' });
  const include = MUTATION_TESTS.split(' ').map((one) => `test/${one}.test.ts`);
  const exclude = SLOW.map((one) => `test/scenarios/${one}.test.ts`);
  return { ...rest, test: { ...test, include, exclude, maxWorkers: 1, testTimeout: 60_000 } };
});
