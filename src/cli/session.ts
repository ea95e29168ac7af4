import type { Clients } from '../aws/clients.ts';
import { JournalReader } from '../journal/reader.ts';
import type { ReferenceSettings } from '../model/policy.ts';
import { type AccountReader, awsAccountReader, recordingReader } from '../observe/account-reader.ts';
import { parseRecording } from '../recording/read.ts';
import { requireCredentials } from './credentials.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { type Progress, startProgress } from './progress.ts';
import { readText } from './read-policy.ts';
import { regionFor } from './region.ts';

/** Which account a command looks at, and where its journal lies. */
export interface AccountSource {
  readonly region?: string;
  /** The report bucket; else the environment's `REPORT_BUCKET`, as for the functions. */
  readonly bucket?: string;
}

/** The journal in the bucket that a command line names; none where it names none. */
export function journalOf({ env }: Io, { bucket }: AccountSource, { s3 }: Clients): JournalReader | undefined {
  const name = bucket ?? (env.REPORT_BUCKET || undefined);
  return name === undefined ? undefined : new JournalReader({ s3, bucket: name });
}

/** Runs something with AWS clients for a Region, and closes them. */
export async function withClients<Result>(
  io: Io,
  region: string | undefined,
  use: (clients: Clients) => Promise<Result>,
): Promise<Result> {
  const clients = io.connect(await regionFor(region));
  try {
    await requireCredentials(clients);
    return await use(clients);
  } finally {
    clients.destroy();
  }
}

/**
 * Runs something with a way to look at the account: the recording if one is named, else AWS, with progress shown.
 * `lookBy` gives a look by other settings at the same place; a recording has nothing else to show.
 */
export async function withReader<Result>(
  io: Io,
  from: AccountSource & { readonly account?: string },
  settings: ReferenceSettings,
  use: (reader: AccountReader, lookBy: (settings: ReferenceSettings) => AccountReader) => Promise<Result>,
): Promise<Result> {
  if (from.account !== undefined) {
    const reader = recordingReader(await readRecording(from.account));
    return use(reader, () => reader);
  }
  return withReaderAndClients(io, from, settings, (reader, { clients, journal, progress: observer }) =>
    use(reader, (others) => awsAccountReader({ clients, settings: others, observer, clock: io.now, journal })),
  );
}

/** What a command that acts on AWS works with. */
export interface Session {
  readonly clients: Clients;
  readonly progress: Progress;
  /** Absent where no bucket is named. */
  readonly journal: JournalReader | undefined;
}

/** Runs something with a way to look at AWS and to act there, with progress shown. */
export async function withReaderAndClients<Result>(
  io: Io,
  from: AccountSource,
  settings: ReferenceSettings,
  use: (reader: AccountReader, session: Session) => Promise<Result>,
): Promise<Result> {
  return withClients(io, from.region, async (clients) => {
    const progress = startProgress(io, `Reading ${clients.region}`);
    const journal = journalOf(io, from, clients);
    try {
      const reader = awsAccountReader({ clients, settings, observer: progress, clock: io.now, journal });
      return await use(reader, { clients, progress, journal });
    } finally {
      progress.stop();
    }
  });
}

async function readRecording(file: string) {
  const parsed = parseRecording(await readText(file, 'recording', 'write one with "ami-janitor record FILE"'));
  if (!parsed.ok) throw new UsageError(`${file} is not a recording that this version reads: ${parsed.problem}`);
  return parsed.account;
}
