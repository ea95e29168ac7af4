/** The command line as it is, but for the waiting: for an endpoint without request limits. */

import { createClients } from '../../src/aws/clients.ts';
import { processIo } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { keepHeapSmall } from '../../src/observe/memory.ts';

keepHeapSmall();

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  processIo((region) => createClients(region, { pace: 'off' })),
);
