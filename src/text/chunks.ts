/** So much at a time: few enough writes, and little in memory. */
const CHARACTERS = 64 * 1024;
const ENTRIES = 500;

/** Small texts gathered into pieces; together they say the same. Nothing is split, so no character is either. */
export function* inChunks(texts: Iterable<string>): Generator<string> {
  let gathered: string[] = [];
  let length = 0;
  for (const text of texts) {
    gathered.push(text);
    length += text.length;
    if (length < CHARACTERS) continue;
    yield gathered.join('');
    gathered = [];
    length = 0;
  }
  if (length > 0) yield gathered.join('');
}

/** The text that `JSON.stringify` gives for a plain value, the entries of its lists by and by. */
export function* jsonParts(value: unknown): Generator<string> {
  if (Array.isArray(value)) yield* listParts(value);
  else if (typeof value === 'object' && value !== null) yield* memberParts(value);
  else yield JSON.stringify(value);
}

function* listParts(list: readonly unknown[]): Generator<string> {
  yield '[';
  for (let start = 0; start < list.length; start += ENTRIES) {
    yield `${start === 0 ? '' : ','}${JSON.stringify(list.slice(start, start + ENTRIES)).slice(1, -1)}`;
  }
  yield ']';
}

function* memberParts(value: object): Generator<string> {
  let before = '';
  yield '{';
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* jsonParts(member);
    before = ',';
  }
  yield '}';
}
