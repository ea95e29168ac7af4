import * as z from 'zod';

/** An account of the run, and its Regions: one row of the manifest that the state machine goes through. */
const targetRow = z.object({
  accountId: z.string(),
  name: z.string().exactOptional(),
  regions: z.array(z.string()),
});
export type TargetRow = Readonly<z.infer<typeof targetRow>>;
export const targetRows = z.array(targetRow);

/** What is left out of a run before it begins, and why. */
const skippedRow = z.object({
  accountId: z.string(),
  region: z.string().exactOptional(),
  reason: z.string(),
});
export type SkippedRow = Readonly<z.infer<typeof skippedRow>>;
export const skippedRows = z.array(skippedRow);

/** An account as AWS Organizations or the policy names it. */
export interface NamedAccount {
  readonly accountId: string;
  readonly name?: string;
  /** AWS's own word: `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …; absent where only the policy names the account. */
  readonly state?: string;
}

/** What targets are made from. */
export interface TargetRequest {
  /** In the order in which they were found; the same account can come more than once. */
  readonly accounts: readonly NamedAccount[];
  readonly except: readonly string[];
  readonly regions: readonly string[];
}

/** What a run goes through, and what it leaves out. */
export interface Targets {
  readonly rows: readonly TargetRow[];
  readonly skipped: readonly SkippedRow[];
}

/** The targets of a run: each account once, in order of ids; what is not active, excluded or named twice is said. */
export function makeTargets({ accounts, except, regions }: TargetRequest): Targets {
  const excluded = new Set(except);
  const skipped: SkippedRow[] = [];
  const rows = new Map<string, TargetRow>();
  const distinct = [...new Set(regions)];
  for (const [accountId, named] of Map.groupBy(accounts, (account) => account.accountId)) {
    const known = named.find(({ state }) => state !== undefined);
    if (excluded.has(accountId)) skipped.push({ accountId, reason: 'the policy leaves it out (targets.except)' });
    else if (known?.state !== undefined && known.state !== 'ACTIVE') {
      skipped.push({ accountId, reason: `AWS Organizations says that it is ${known.state}` });
    } else {
      const name = named.find((account) => account.name !== undefined)?.name;
      rows.set(accountId, { accountId, ...(name !== undefined && { name }), regions: distinct });
    }
    if (named.length > 1) skipped.push({ accountId, reason: `named ${named.length} times; it is looked at once` });
  }
  return {
    rows: [...rows.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    skipped: [...skipped, ...regionsNamedTwice(regions, [...rows.keys()])],
  };
}

function regionsNamedTwice(regions: readonly string[], [accountId]: readonly string[]): SkippedRow[] {
  if (accountId === undefined) return [];
  return [...Map.groupBy(regions, (region) => region)]
    .filter(([, named]) => named.length > 1)
    .map(([region, named]) => ({ accountId, region, reason: `named ${named.length} times; it is looked at once` }));
}

/**
 * How many of some accounts may fail before a run does: the share that the deployment says, and at least one, since a
 * share of few accounts would be none; 0 % means none. Safe, because tolerating decides only whether the run goes on: what
 * might be used by an account that was not read stays in any case.
 */
export function toleratedOf(percent: number, accounts: number): number {
  return percent === 0 ? 0 : Math.max(1, Math.floor((percent * accounts) / 100));
}
