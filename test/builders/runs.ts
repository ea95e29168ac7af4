/** How often a property is tried: a few hundred times in the ordinary tests, more with `PROPERTY_RUNS=20`. */
export function times(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.round(usual * Number(process.env.PROPERTY_RUNS ?? 1)) };
}
