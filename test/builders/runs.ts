/** Whether this is `npm test`, which takes samples of what takes long; `npm run test:all` takes everything. */
export const IS_SAMPLE = process.env.SAMPLE === 'true';

/** How often a property is tried: a fifth of it in `npm test`, more with `PROPERTY_RUNS=20`. */
export function times(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.round(usual * Number(process.env.PROPERTY_RUNS ?? 1))) };
}

/** The cases of a long sweep: so many of them in `npm test`, evenly spread, and all in `npm run test:all`. */
export function sweep<T>(cases: readonly T[], few: number): readonly T[] {
  if (!IS_SAMPLE || cases.length <= few) return cases;
  return Array.from({ length: few }, (_, index) => cases[Math.floor((index * cases.length) / few)]).filter(
    (one) => one !== undefined,
  );
}
