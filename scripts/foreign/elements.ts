/** One element of an answer, and what the answer would be without it, or with nothing in it. */
export interface Element {
  /** Names from the outside in, without what lists hold: `reservationSet.instancesSet.imageId`. */
  readonly path: string;
  readonly way: 'dropped' | 'emptied';
  readonly without: string;
}

/** Every element of an answer in XML or JSON, once dropped and once emptied. What a list holds is only emptied. */
export function* elementsOf(text: string): Generator<Element> {
  if (text.trimStart().startsWith('<')) yield* ofXml(text);
  else if (/^\s*[[{]/.test(text)) yield* ofJson(text);
}

const LISTED = new Set(['item', 'member']);

interface Open {
  readonly name: string;
  readonly start: number;
  readonly inner: number;
}

function* ofXml(text: string): Generator<Element> {
  const open: Open[] = [];
  for (const { 0: tag, 1: closes, 2: name = '', 3: isEmpty, index } of text.matchAll(/<(\/?)([\w:.-]+)[^>]*?(\/?)>/g)) {
    const end = index + tag.length;
    if (closes === '') open.push({ name, start: index, inner: end });
    if (closes === '' && isEmpty === '') continue;
    const { start = 0, inner = 0 } = open.pop() ?? {};
    // What is around everything is the answer itself.
    if (open.length === 0) continue;
    const path = [...open.slice(1).map((one) => one.name), name].filter((one) => !LISTED.has(one)).join('.');
    if (!LISTED.has(name)) yield { path, way: 'dropped', without: text.slice(0, start) + text.slice(end) };
    if (isEmpty === '' && index > inner)
      yield { path, way: 'emptied', without: text.slice(0, inner) + text.slice(index) };
  }
}

function* ofJson(text: string): Generator<Element> {
  const whole: unknown = JSON.parse(text);
  function* within(value: unknown, names: readonly string[]): Generator<Element> {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const isListed = Array.isArray(value);
      const there = isListed ? names : [...names, name];
      const path = there.join('.');
      const written = (change: () => void): string => {
        change();
        const without = JSON.stringify(whole);
        if (isListed) value.splice(Number(name), 1, inner);
        else Object.assign(value, { [name]: inner });
        return without;
      };
      if (!isListed) yield { path, way: 'dropped', without: written(() => Reflect.deleteProperty(value, name)) };
      yield { path, way: 'emptied', without: written(() => Reflect.set(value, name, emptied(inner))) };
      yield* within(inner, there);
    }
  }
  yield* within(whole, []);
}

function emptied(value: unknown): unknown {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  return typeof value === 'object' && value !== null ? {} : null;
}
