import { stat } from 'node:fs/promises';
import { terminalText } from '../../text/untrusted.ts';
import { EXIT, type ExitCode, type Io, print, say, UsageError } from '../io.ts';

/**
 * Prints the `references` section for what Terraform, Packer, CloudFormation and Karpenter files look for.
 * @throws UsageError where a directory is none
 */
export async function printLookups(io: Io, directories: readonly string[]): Promise<ExitCode> {
  for (const directory of directories) {
    const found = await stat(directory).catch(() => undefined);
    if (found?.isDirectory() === true) continue;
    const why = found === undefined ? 'there is no such directory' : 'it is no directory';
    throw new UsageError(`${directory} can't be searched: ${why}`);
  }
  // The parsers are read by this command alone.
  const [{ readDirectories }, { sectionText }] = await Promise.all([
    import('../lookups/read-files.ts'),
    import('../lookups/section.ts'),
  ]);
  const read = await readDirectories(directories);
  for (const { file, line, why } of read.broken)
    say(io, terminalText(`warning: ${file}:${line} ${why}; what it looks for is not known`));
  await print(io, sectionText(read).split('\n').map(terminalText).join('\n'));
  return read.broken.length > 0 ? EXIT.failed : EXIT.done;
}
