import type { Clients } from '../aws/clients.ts';
import type { OrganizationRun } from './run-record.ts';
import type { RegionTarget } from './s3-keys.ts';
import type { Store } from './store.ts';
import type { MemberSettings } from './targets/member.ts';

/** What every state that goes to a place works with. */
export interface RegionTargetRequest {
  readonly run: OrganizationRun;
  readonly store: Store;
  readonly place: RegionTarget;
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
