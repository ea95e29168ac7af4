import type { Clients } from '../../src/aws/clients.ts';
import type { JournalReader } from '../../src/journal/reader.ts';
import type { Policy } from '../../src/model/policy.ts';
import { awsAccountReader } from '../../src/observe/account-reader.ts';

/** Reads an account as a policy asks for, and tells nobody of its progress. */
export function readerOf(clients: Clients, policy: Policy, clock: () => Date, journal?: JournalReader) {
  const observer = { onCall: () => {}, onSource: () => {} };
  return awsAccountReader({ clients, settings: policy.references, observer, clock, journal });
}
