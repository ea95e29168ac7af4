import { writeFile } from 'node:fs/promises';
import { RECYCLABLE } from '../../model/account.ts';
import { unaskedLines } from '../../model/ancestry.ts';
import { isImageId } from '../../model/ids.ts';
import { snapshotIdsOf } from '../../model/image.ts';
import { recordingText } from '../../recording/write.ts';
import { terminalText } from '../../text/untrusted.ts';
import { EXIT, type ExitCode, type Io, messageOf, say, UsageError } from '../io.ts';
import { type AccountSource, readPolicy, withReader } from '../session.ts';

/**
 * Writes the account to a file: images, snapshots, references, and the details of every image and snapshot,
 * so that any policy can be tried on it. Exits 1 where a source could not be read; the file says which.
 */
export async function record(
  io: Io,
  file: string,
  options: AccountSource & { readonly policy: string },
): Promise<ExitCode> {
  const { policy } = await readPolicy(options.policy);
  const account = await withReader(io, options, async (readerFor) => {
    const reader = readerFor(policy.references);
    const seen = await reader.account();
    const orphansOf = seen.snapshots.flatMap(({ description }) => description.match(/ami-[0-9a-f]+/g) ?? []);
    const detailed = await reader.details(seen, {
      sharing: seen.images.map(({ imageId }) => imageId),
      // Other accounts are read by the state machine alone.
      usage: [],
      publicUsage: seen.images.flatMap(({ imageId, isPublic }) => (isPublic ? imageId : [])),
      snapshotDetails: seen.snapshots.map(({ snapshotId }) => snapshotId),
      // Nothing else can be archived.
      tierings: seen.images.filter(({ state }) => state === 'disabled').flatMap(snapshotIdsOf),
      recycleBin: [...new Set(orphansOf.filter(isImageId))],
      retentionRules: [...RECYCLABLE],
      ancestry: unaskedLines(seen),
    });
    return (await reader.background?.(detailed, policy)) ?? detailed;
  });
  await writeFile(file, recordingText(account)).catch((error: unknown) => {
    throw new UsageError(`${file} can't be written: ${messageOf(error)}`);
  });
  say(io, `wrote ${account.images.length} images and ${account.snapshots.length} snapshots to ${file}`);
  const readings = [...account.inventory, ...account.references.sources];
  const unread = readings.flatMap((one) => (one.status === 'unreadable' ? [one] : []));
  for (const { name, error } of unread) say(io, `warning: ${name} could not be read: ${terminalText(error)}`);
  return unread.length > 0 ? EXIT.failed : EXIT.done;
}
