import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { FaultKind } from '../../sandbox/fault.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { FUNCTION } from '../../scripts/bundle.ts';
import { failureOf } from '../../src/aws/errors.ts';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { ssmFailures } from './ssm-failures.ts';

const folder = temporaryFolder();
let bundled: typeof import('./ssm-failures.ts');

beforeAll(async () => {
  retryAtOnce();
  const outfile = join(folder, 'ssm.mjs');
  await build({ ...FUNCTION, splitting: false, entryPoints: ['test/deploy/ssm-failures.ts'], outfile });
  bundled = await import(pathToFileURL(outfile).href);
});

/** All that this project and the SDK's retries look at. */
const errorShape = z.object({
  name: z.string(),
  message: z.string(),
  $fault: z.string(),
  $metadata: z.object({ httpStatusCode: z.number(), attempts: z.number() }),
});

async function failuresOf(failing: typeof ssmFailures, kind: FaultKind | undefined) {
  const intercept = () => (kind === undefined ? undefined : { kind });
  const sandbox = await startSandbox({ account: emptyAccount(), now: () => new Date(), intercept });
  const failures = await failing(sandbox.url);
  await sandbox.close();
  return failures.map(({ error, isMissing }) => ({ ...errorShape.parse(error), isMissing, failure: failureOf(error) }));
}

it.each([
  [undefined, ['ParameterNotFound', 'InvalidDocument', 'ParameterAlreadyExists']],
  ['throttle', new Array<string>(4).fill('ThrottlingException')],
  ['access-denied', new Array<string>(4).fill('AccessDeniedException')],
  ['server-error', new Array<string>(4).fill('InternalServerError')],
] as const)('errors of Systems Manager are the same without their classes (%s)', async (kind, names) => {
  const [classes, withoutClasses] = await Promise.all([
    failuresOf(ssmFailures, kind),
    failuresOf(bundled.ssmFailures, kind),
  ]);
  expect(classes.map(({ name }) => name)).toEqual(names);
  expect(classes.some(({ isMissing }) => isMissing)).toBe(kind === undefined);
  expect(withoutClasses).toEqual(classes);
});
