/** One call as the endpoint took it, in the order of arrival. */
export interface Call {
  /** 1 for the first call of this endpoint. */
  readonly number: number;
  readonly service: string;
  readonly operation: string;
  readonly writes: boolean;
  readonly accountId: string;
  readonly region: string;
  readonly input: unknown;
  readonly at: Date;
}

/** How a call ended: `ok`, an error's code, or what a fault did to it. */
export interface LoggedCall extends Call {
  readonly outcome: string;
  /** True where the account may have changed: the operation ran and is one that writes. */
  readonly acted: boolean;
}

/** What an endpoint was asked, for tests that count. */
export class CallLog {
  readonly entries: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.entries.push(call);
  }

  clear(): void {
    this.entries.length = 0;
  }

  /** Calls by operation; `service` narrows it. */
  counts(service?: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const call of this.entries) {
      if (service !== undefined && call.service !== service) continue;
      counts[call.operation] = (counts[call.operation] ?? 0) + 1;
    }
    return counts;
  }

  count(operation: string): number {
    return this.entries.filter((call) => call.operation === operation).length;
  }

  /** Calls to operations that write, whether or not AWS let them; S3 apart, where reports are meant to go. */
  writes(): readonly LoggedCall[] {
    return this.entries.filter((call) => call.writes && call.service !== 's3');
  }
}
