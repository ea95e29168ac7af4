import fc from 'fast-check';

/** Tries a property on random values, so often. */
export function tried<Ts extends [unknown, ...unknown[]]>(
  runs: fc.Parameters<Ts>,
  ...property: [...arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> }, check: (...values: Ts) => void]
): void {
  fc.assert(fc.property<Ts>(...property), runs);
}
