import type { Removed } from '../../execute/restore/restore-resource.ts';
import { restore } from '../../execute/restore/restore-run.ts';
import type { Restored } from '../../execute/restore/restored.ts';
import { newRunId } from '../../model/run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees } from '../confirm.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import { journalOf, withClients } from '../session.ts';
import { mustBeAnswerable } from './enforce.ts';

/** The options of `restore`. */
export interface RestoreOptions {
  readonly region?: string;
  readonly bucket?: string;
  readonly format: 'table' | 'json';
  readonly enforce?: boolean;
  readonly yes?: boolean;
}

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** Brings back what a run removed, as far as the Recycle Bin holds it, and says what it does not. */
export async function restoreRun(io: Io, runId: string, options: RestoreOptions): Promise<ExitCode> {
  if (!RUN_ID.test(runId)) {
    throw new UsageError(
      `"${runId}" is not a run id; give one such as 20261121T020000Z-1a2b3c4d, from the run's report`,
    );
  }
  if (options.enforce === true) mustBeAnswerable(io, options.yes);
  const interrupt = new AbortController();
  const stop = () => {
    say(io, 'Stopping after this step; press Ctrl-C again to end at once.');
    interrupt.abort();
  };
  const confirm = async ({ images, snapshots }: Removed): Promise<boolean> => {
    if (options.enforce !== true) return false;
    const question = `Bring back ${images.length} images and ${snapshots.length} snapshots of run ${runId}?`;
    if (options.yes !== true && !(await agrees(io, question))) return false;
    process.once('SIGINT', stop);
    return true;
  };
  try {
    const restored = await withClients(io, options.region, (clients) =>
      restore({
        runId,
        restoreRunId: newRunId(io.now()),
        clients,
        journal: journalOf(io, options, clients),
        clock: io.now,
        signal: interrupt.signal,
        confirm,
      }),
    );
    await print(io, options.format === 'json' ? JSON.stringify({ runId, restored }, null, 2) : tableOf(restored));
    return restored.every(({ status }) => status === 'done' || status === 'would-restore') ? EXIT.done : EXIT.failed;
  } finally {
    process.off('SIGINT', stop);
  }
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
