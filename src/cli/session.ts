import type { Clients } from '../aws/clients.ts';
import { type Look, lookAtAws, lookAtRecording } from '../look.ts';
import type { ReferenceSettings } from '../model/policy.ts';
import { parseRecording } from '../recording/read.ts';
import { requireCredentials } from './credentials.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { startProgress } from './progress.ts';
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

/** Runs something with a way to look at the account: the recording if one is named, else AWS, with progress shown. */
export async function withLook<Result>(
  io: Io,
  from: { readonly account?: string; readonly region?: string },
  settings: ReferenceSettings,
  use: (look: Look, clients: Clients | undefined) => Promise<Result>,
): Promise<Result> {
  if (from.account !== undefined) return use(lookAtRecording(await readRecording(from.account)), undefined);
  return withClients(io, from.region, async (clients) => {
    const progress = startProgress(io, `Reading ${clients.region}`);
    try {
      return await use(lookAtAws({ clients, settings, observer: progress, clock: io.now }), clients);
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
