import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { counted } from '../text/format.ts';
import type { Clients } from './clients.ts';
import { failureOf } from './errors.ts';

/** What one request takes. */
const ENTRIES = 10;
const BYTES = 250_000;
const TRIES = 3;

/**
 * Puts events on a bus, ten at a time; what EventBridge took not is put again.
 * @param until ends it, so that no function waits for a bus that is out of reach
 * @returns why some were not put, in sentences
 */
export async function putEvents(
  clients: Clients,
  entries: readonly PutEventsRequestEntry[],
  until: AbortSignal,
): Promise<string[]> {
  const client = clients.of(EventBridgeClient);
  const problems: string[] = [];
  for (const batch of batchesOf(entries)) {
    let left = batch;
    let why = 'EventBridge did not say why';
    for (let tries = 0; left.length > 0 && tries < TRIES; tries += 1) {
      try {
        const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: left }), { abortSignal: until });
        why = Entries.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorMessage ?? why;
        left = left.filter((_, index) => Entries[index]?.EventId === undefined);
      } catch (error) {
        // The client has tried again by itself; what it gave up on is the same for all the others.
        const rest = entries.length - entries.indexOf(left[0] ?? {});
        return [...problems, `${counted(rest, 'event')} not sent: ${failureOf(error).sentence}`];
      }
    }
    if (left.length > 0) problems.push(`${counted(left.length, 'event')} not sent: ${why}`);
  }
  return problems;
}

/** In their order: ten at most, and no more bytes than a request takes. */
function batchesOf(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(`${entry.Source}${entry.DetailType}${entry.Detail}`);
    const last = batches.at(-1);
    if (last !== undefined && last.length < ENTRIES && bytes + size <= BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
}
