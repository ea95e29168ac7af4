#!/usr/bin/env node
import { createClients } from '../aws/clients.ts';
import { keepHeapSmall } from '../observe/memory.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './program.ts';

keepHeapSmall();

// A reader that has seen enough (`| head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processIo(createClients));
