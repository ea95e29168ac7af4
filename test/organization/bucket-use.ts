/** When a bucket of request tokens was asked for one. */
export interface Asked {
  readonly limit: { readonly size: number; readonly perSecond: number };
  readonly at: number[];
}

/** How far each bucket was used at its fullest, were it full at first: `short` counts calls that it would have refused. */
export function busiest(asked: ReadonlyMap<string, Asked>) {
  const used = new Map<string, { bucket: string; most: number; perSecond: number; short: number }>();
  for (const [name, { limit, at }] of asked) {
    let tokens = limit.size;
    let last = Number.NEGATIVE_INFINITY;
    let short = 0;
    let most = 0;
    for (const when of at.toSorted((a, b) => a - b)) {
      tokens = Math.min(limit.size, tokens + ((when - last) / 1000) * limit.perSecond);
      last = when;
      if (tokens < 1) short += 1;
      else tokens -= 1;
      most = Math.max(most, limit.size - tokens);
    }
    const operation = name.replace(/^.*?\/.*?\//, '');
    const known = used.get(operation) ?? { bucket: operation, most: 0, perSecond: limit.perSecond, short: 0 };
    used.set(operation, { ...known, most: Math.max(known.most, most), short: known.short + short });
  }
  return [...used.values()].sort((a, b) => b.most - a.most);
}
