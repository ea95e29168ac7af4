import type { Clients } from '../aws/clients.ts';
import { type Look, lookAtAws, lookAtRecording } from '../look.ts';
import type { ReferenceSettings } from '../model/policy.ts';
import { parseRecording } from '../recording/read.ts';
import { requireCredentials } from './credentials.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { type Progress, startProgress } from './progress.ts';
import { readText } from './read-policy.ts';
import { regionFor } from './region.ts';

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
export async function withLook<Result>(
  io: Io,
  from: { readonly account?: string; readonly region?: string },
  settings: ReferenceSettings,
  use: (look: Look, lookBy: (settings: ReferenceSettings) => Look) => Promise<Result>,
): Promise<Result> {
  if (from.account !== undefined) {
    const look = lookAtRecording(await readRecording(from.account));
    return use(look, () => look);
  }
  return withLookAndClients(io, from.region, settings, (look, clients, observer) =>
    use(look, (others) => lookAtAws({ clients, settings: others, observer, clock: io.now })),
  );
}

/** Runs something with a way to look at AWS and to act there, with progress shown. */
export async function withLookAndClients<Result>(
  io: Io,
  region: string | undefined,
  settings: ReferenceSettings,
  use: (look: Look, clients: Clients, progress: Progress) => Promise<Result>,
): Promise<Result> {
  return withClients(io, region, async (clients) => {
    const progress = startProgress(io, `Reading ${clients.region}`);
    try {
      return await use(lookAtAws({ clients, settings, observer: progress, clock: io.now }), clients, progress);
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
