import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The tests that reach every branch of what decides and acts, and no more: `npm run coverage`. */
const TESTS = [
  '{model,policy,plan,oracle,properties,execute}/**/*',
  'aws/lock',
  'crash/{archive,protect}',
  'organization/{allowed-images,usage}',
  'scenarios/{acting,aws-lifecycles,answers-to-acts,forged-tags,journal,public-images,refused,right-before,tags-are-claims,unconfirmed,undo}',
];

export default defineConfig(async (env) => {
  const { test, ...rest } = await base({ ...env, mode: 'sample' });
  return {
    ...rest,
    test: {
      ...test,
      include: TESTS.map((one) => `test/${one}.test.ts`),
      testTimeout: 300_000,
      coverage: {
        provider: 'v8' as const,
        include: ['src/{policy,plan,execute}/**/*.ts'],
        reporter: ['json'],
        reportsDirectory: 'reports/coverage',
      },
    },
  };
});
