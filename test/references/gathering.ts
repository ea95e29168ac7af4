import { type Clients, createClients } from '../../src/aws/clients.ts';
import type { ReferenceSettings } from '../../src/model/reference-settings.ts';
import type { GatherObserver } from '../../src/references/gather.ts';

/** What a policy without a `references` section says. */
export const SETTINGS: ReferenceSettings = {
  launchTemplateVersions: { kind: 'in-use' },
  sharedImages: 'keep',
  ssmParameters: [],
  documents: [],
  lookups: [],
  byName: {},
  off: [],
};

export const SILENT: GatherObserver = { onCall: () => {}, onSource: () => {} };

/** Clients for tests in which the SDK itself is mocked, so that nothing is ever sent. */
export function clientsOf(overrides: Partial<Clients>): Clients {
  return { ...createClients('eu-west-1', { maxAttempts: 1 }), ...overrides };
}
