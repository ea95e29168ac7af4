/** Stands in a text for what is not known before Terraform, Packer or Helm run: a variable, a function's result. */
export const UNKNOWN = '\ue000';

/** What a file says at a line: a text (numbers and truth values too), a list, or what stands under each name. */
export interface Value {
  readonly line: number;
  readonly is: string | readonly Value[] | Members;
}

/** Blocks of one name, and keys that templates write twice, stand side by side. */
export type Members = ReadonlyMap<string, readonly Value[]>;

/** The members of a mapping; none of anything else. */
export function membersOf({ is }: Value): Members {
  return is instanceof Map ? is : new Map();
}

/** All that stands under a name, lists taken apart. */
export function under(value: Value, ...names: readonly string[]): Value[] {
  return names.reduce<Value[]>((all, name) => all.flatMap((one) => itemsOf(membersOf(one).get(name) ?? [])), [value]);
}

/** Values with lists taken apart. */
export function itemsOf(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (Array.isArray(value.is) ? itemsOf(value.is) : [value]));
}

/** The texts among values; a mapping where a text belongs is not known. */
export function textsOf(values: readonly Value[]): string[] {
  return itemsOf(values).map(({ is }) => (typeof is === 'string' ? is : UNKNOWN));
}

/** Whether a text is known whole. */
export function isKnown(text: string): boolean {
  return !text.includes(UNKNOWN);
}

/** A text as a glob: anything stands where something is not known. */
export function globOf(text: string): string {
  return text.replace(/\ue000+/g, '*');
}

/** Every mapping within a value, itself first. */
export function* mappingsIn(value: Value): Generator<Value> {
  if (typeof value.is === 'string') return;
  if (value.is instanceof Map) yield value;
  const inner = value.is instanceof Map ? [...value.is.values()].flat() : value.is;
  for (const one of inner) yield* mappingsIn(one);
}

/** A file that can't be read as what its name says. */
export class BrokenFileError extends Error {
  override readonly name = 'BrokenFileError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
