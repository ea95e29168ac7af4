const NAMES_A_CALL = 10;

/** Batches of ten in which no parameter stands twice: it is undocumented whether two selectors of one may. */
export function batchesOf(names: ReadonlySet<string>): string[][] {
  const batches: { names: string[]; bases: Set<string> }[] = [];
  let firstOpen = 0;
  for (const name of names) {
    const base = baseOf(name);
    let at = firstOpen;
    while (batches[at] !== undefined && (batches[at]?.names.length === NAMES_A_CALL || batches[at]?.bases.has(base)))
      at += 1;
    const batch = batches[at] ?? { names: [], bases: new Set() };
    batches[at] = batch;
    batch.names.push(name);
    batch.bases.add(base);
    while (batches[firstOpen]?.names.length === NAMES_A_CALL) firstOpen += 1;
  }
  return batches.map((batch) => batch.names);
}

/** A parameter's name without its version or label, the same for `name`, `/name` and an ARN of it. */
function baseOf(name: string): string {
  // An ARN has colons of its own: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME
  const base = name.startsWith('arn:') ? name.split(':')[5]?.replace(/^parameter/, '') : name.split(':', 1)[0];
  return (base ?? name).replace(/^\//, '');
}
