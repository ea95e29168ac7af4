#!/usr/bin/env node
import { createClients } from '../aws/clients.ts';
import { keepHeapSmall } from '../observe/memory.ts';
import { EXIT, processIo } from './io.ts';
import { runCommandLine } from './program.ts';

keepHeapSmall();

// A reader that has seen enough (`| head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const OLDEST_NODE = 22;
const { node } = process.versions;
if (Number.parseInt(node, 10) < OLDEST_NODE) {
  process.stderr.write(`ami-janitor: it needs Node ${OLDEST_NODE} or newer, and this is ${node}\n`);
  process.exitCode = EXIT.usage;
} else process.exitCode = await runCommandLine(process.argv.slice(2), processIo(createClients));
