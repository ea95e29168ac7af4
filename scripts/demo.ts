/** The main job on the embedded account: starts it, plans over it as against AWS, and says where to go on. */

import { seedAccount } from '../sandbox/seed/seed-account.ts';
import { createClients } from '../src/aws/clients.ts';
import { processIo } from '../src/cli/io.ts';
import { runCommandLine } from '../src/cli/program.ts';
import { startEmbedded } from './embedded.ts';

const OUT = 'out/demo';
const POLICY = 'examples/demo.yml';

const account = seedAccount({ now: new Date() });
const sandbox = await startEmbedded(account, () => new Date());
process.exitCode = await runCommandLine(['plan', '--policy', POLICY, '--out', OUT], processIo(createClients));
await sandbox.close();

console.error(`
This was a dry run of ${POLICY} over an embedded account of ${account.images.size} images; no AWS account was used.
The same as JSON: ${OUT}/report.json; as a page: ${OUT}/report.html
Try it by hand: npm run -s janitor -- sandbox
On your own account (reads only): npm run -s janitor -- plan --policy ${POLICY} --region eu-west-1`);
