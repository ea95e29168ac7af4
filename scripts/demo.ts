/** The main job on the embedded account: starts it, plans over it as against AWS, and says where to go on. */

import { sandboxEnvironment } from '../sandbox/environment.ts';
import { seedAccount } from '../sandbox/seed/seed-account.ts';
import { startSandbox } from '../sandbox/server.ts';
import { createClients } from '../src/aws/clients.ts';
import { runCommandLine } from '../src/cli/program.ts';

const OUT = 'out/demo';
const POLICY = 'examples/demo.yml';

const account = seedAccount({ now: new Date() });
const sandbox = await startSandbox({ account, now: () => new Date() });

// A profile of the user's own would win over the embedded account's credentials.
delete process.env.AWS_PROFILE;
Object.assign(process.env, sandboxEnvironment(sandbox.url, account.region));

process.exitCode = await runCommandLine(['plan', '--policy', POLICY, '--out', OUT], {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  connect: createClients,
});
await sandbox.close();

console.error(`
This was a dry run of ${POLICY} over an embedded account of ${account.images.size} images; no AWS account was used.
The same as JSON: ${OUT}/report.json; as a page: ${OUT}/report.html
Try it by hand: npm run -s janitor -- sandbox
On your own account (reads only): npm run -s janitor -- plan --policy ${POLICY} --region eu-west-1`);
