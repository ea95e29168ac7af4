/**
 * How many of some accounts may fail before a run does: the share that the deployment says, and at least one, since a
 * share of few accounts would be none; 0 % means none. Safe, because tolerating decides only whether the run goes on: what
 * might be used by an account that was not read stays in any case.
 */
export function toleratedOf(percent: number, accounts: number): number {
  return percent === 0 ? 0 : Math.max(1, Math.floor((percent * accounts) / 100));
}
