import type { Command } from 'commander';
import { completables, type Shell } from '../completion.ts';
import { completionScript } from '../completion-scripts.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { type Io, print } from '../io.ts';

/** Prints the script that teaches a shell this program's commands and options. */
export async function printCompletion(io: Io, shell: Shell, program: Command): Promise<ExitCode> {
  await print(io, completionScript(shell, program.name(), completables(program)));
  return EXIT.done;
}
