import type { Removed, Restored } from '../../execute/restore/find-removed.ts';
import { restore } from '../../execute/restore/restore-run.ts';
import { newRunId } from '../../model/run.ts';
import type { RestoredTarget } from '../../organization/restore/restore-targets.ts';
import { counted } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees, type ConfirmOptions, interruptible, mustBeAnswerable } from '../confirm.ts';
import { EXIT, type ExitCode, type Io, print, say, UsageError } from '../io.ts';
import { type AccountSource, journalOf, withClients } from '../session.ts';

/** The options of `restore`. */
export interface RestoreOptions extends AccountSource, ConfirmOptions {
  readonly format: 'table' | 'json';
  /** In every account and Region where the run removed anything. */
  readonly organization?: true;
  readonly externalId?: string;
  /** What the member roles' names begin with. */
  readonly memberPrefix?: string;
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
  if (options.organization === true) return restoreOrganization(io, runId, options);
  const restored = await interruptible(io, 'step', ({ signal, listen }) => {
    const question = ({ images, snapshots }: Removed) =>
      `Bring back ${images.length} images and ${snapshots.length} snapshots of run ${runId}?`;
    const confirm = asking(io, options, listen, question);
    return withClients(io, options.region, (clients) => {
      const journal = journalOf(io, options, clients);
      return restore({ runId, restoreRunId: newRunId(io.now()), clients, journal, clock: io.now, signal, confirm });
    });
  });
  await print(io, options.format === 'json' ? JSON.stringify({ runId, restored }, null, 2) : tableOf(restored));
  return restored.every(isBack) ? EXIT.done : EXIT.failed;
}

/** Brings back what a run over an organization removed, in every account and Region of it, and says what came of each. */
async function restoreOrganization(io: Io, runId: string, options: RestoreOptions): Promise<ExitCode> {
  const { externalId, memberPrefix = 'ami-janitor', bucket = io.env.REPORT_BUCKET } = options;
  if (!externalId || !bucket)
    throw new UsageError(
      '--organization needs --external-id, as the member template has it, and --bucket, whose journal says where the run removed anything',
    );
  const { restoreTargets } = await import('../../organization/restore/restore-targets.ts');
  const targets = await interruptible(io, 'step', ({ signal, listen }) =>
    withClients(io, options.region, (home) =>
      restoreTargets({
        runId,
        restoreRunId: newRunId(io.now()),
        home,
        bucket,
        members: {
          homeRegion: home.region,
          readRole: `ami-janitor/${memberPrefix}-read`,
          actRole: `ami-janitor/${memberPrefix}-restore`,
          templateParameter: `/${memberPrefix}/member-template`,
          externalId,
        },
        clock: io.now,
        signal,
        confirm: asking(io, options, listen, (found) => questionOf(runId, found)),
      }),
    ),
  );
  if (targets.length === 0)
    throw new UsageError(
      `no journal in ${bucket} has a record that the run ${runId} removed anything; check the id and the bucket`,
    );
  await print(
    io,
    options.format === 'json' ? JSON.stringify({ runId, targets }, null, 2) : targets.map(textOf).join('\n'),
  );
  return targets.every(({ error, restored }) => error === undefined && restored.every(isBack))
    ? EXIT.done
    : EXIT.failed;
}

/** Asks once before anything comes back; without `--enforce` nothing does. */
function asking<Found>(io: Io, options: ConfirmOptions, listen: () => void, question: (found: Found) => string) {
  return async (found: Found): Promise<boolean> => {
    if (options.enforce !== true) return false;
    const isAgreed = await agrees(io, options, question(found));
    if (isAgreed) listen();
    else say(io, 'Nothing was done.');
    return isAgreed;
  };
}

function questionOf(runId: string, found: readonly RestoredTarget[]): string {
  const ids = found.flatMap(({ restored }) =>
    restored.flatMap(({ resourceId, status }) => (status === 'would-restore' ? resourceId : [])),
  );
  const images = ids.filter((id) => id.startsWith('ami-')).length;
  const what = `${counted(images, 'image')} and ${counted(ids.length - images, 'snapshot')} of run ${runId}`;
  return `Bring back ${what} in ${counted(new Set(found.map(({ accountId }) => accountId)).size, 'account')}?`;
}

function textOf({ accountId, region, restored, error }: RestoredTarget): string {
  const lines = error === undefined ? tableOf(restored) : terminalText(error);
  return `${accountId} ${region}\n${lines.replaceAll(/^/gm, '  ')}`;
}

/** Whether it is there again, or would be. */
function isBack({ status }: Restored): boolean {
  return status === 'done' || status === 'would-restore';
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
