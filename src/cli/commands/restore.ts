import type { Removed, Restored } from '../../execute/restore/find-removed.ts';
import { restore } from '../../execute/restore/restore-run.ts';
import { newRunId } from '../../model/run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees, type ConfirmOptions, interruptible, mustBeAnswerable } from '../confirm.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import { type AccountSource, journalOf, withClients } from '../session.ts';

/** The options of `restore`. */
export interface RestoreOptions extends AccountSource, ConfirmOptions {
  readonly format: 'table' | 'json';
}

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** Brings back what a run removed, as far as the Recycle Bin holds it, and says what it does not. */
export async function restoreRun(io: Io, runId: string, options: RestoreOptions): Promise<ExitCode> {
  if (!RUN_ID.test(runId)) {
    throw new UsageError(
      `"${runId}" is not a run id; give one such as 20261121T020000Z-1a2b3c4d, from the run's report`,
    );
  }
  if (options.enforce === true) mustBeAnswerable(io, options);
  const restored = await interruptible(io, 'step', ({ signal, listen }) => {
    const confirm = async ({ images, snapshots }: Removed): Promise<boolean> => {
      const question = `Bring back ${images.length} images and ${snapshots.length} snapshots of run ${runId}?`;
      if (options.enforce !== true) return false;
      if (!(await agrees(io, options, question))) {
        say(io, 'Nothing was done.');
        return false;
      }
      listen();
      return true;
    };
    return withClients(io, options.region, (clients) => {
      const journal = journalOf(io, options, clients);
      return restore({ runId, restoreRunId: newRunId(io.now()), clients, journal, clock: io.now, signal, confirm });
    });
  });
  await print(io, options.format === 'json' ? JSON.stringify({ runId, restored }, null, 2) : tableOf(restored));
  return restored.every(({ status }) => status === 'done' || status === 'would-restore') ? EXIT.done : EXIT.failed;
}

const WORDS: Readonly<Record<Restored['status'], string>> = {
  'would-restore': 'would come back',
  done: 'is back',
  failed: 'failed',
  lost: 'cannot come back',
  skipped: 'was not reached',
};

function tableOf(restored: readonly Restored[]): string {
  return restored
    .map(({ resourceId, status, reason }) => {
      const why = reason === undefined ? '' : `: ${terminalText(reason)}`;
      return `${resourceId} ${WORDS[status]}${why}`;
    })
    .join('\n');
}
