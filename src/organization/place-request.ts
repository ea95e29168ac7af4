import type { Clients } from '../aws/clients.ts';
import type { MemberSettings } from './member.ts';
import type { Place } from './places.ts';
import type { OrganizationRun } from './run-record.ts';
import type { Store } from './store.ts';

/** What every state that goes to a place works with. */
export interface PlaceRequest {
  readonly run: OrganizationRun;
  readonly store: Store;
  readonly place: Place;
  /** The janitor's own clients. */
  readonly home: Clients;
  readonly settings: MemberSettings;
  readonly clock: () => Date;
  readonly logger: FactLogger;
}

/** Where a state says what it does: one line each, with the facts. */
interface FactLogger {
  info(line: string, facts: Record<string, unknown>): void;
  warn(line: string, facts: Record<string, unknown>): void;
}
