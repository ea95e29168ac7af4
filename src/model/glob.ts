/**
 * Globs: `*` any run of characters, `?` one character, `\` makes the next character plain. The whole text must match.
 *
 * Never turned into regular expressions: patterns and texts are anyone's, and a regular expression can take
 * exponential time. The matcher goes back only to the last `*`, so its work is bounded by pattern times text.
 */
export type Matcher = (text: string) => boolean;

const ANY_RUN = -1;
const ANY_ONE = -2;

interface Compiled {
  /** Code points, or one of the two wildcards above. */
  readonly tokens: readonly number[];
  /** Token positions of `{` and `}`, where captures were asked for. */
  readonly open: number | undefined;
  readonly close: number | undefined;
}

/** Compiles a glob into a function that says whether a text matches. */
export function globMatcher(pattern: string): Matcher {
  const compiled = compile(pattern, false);
  return (text) => match(compiled, text) !== undefined;
}

/** Compiles a glob whose `?` stands for one character or none; the work is bounded by pattern times text, too. */
export function looseGlobMatcher(pattern: string): Matcher {
  const { tokens } = compile(pattern, false);
  if (!tokens.includes(ANY_ONE)) return globMatcher(pattern);
  // Where in the pattern the text may have led so far.
  const [first, second] = [new Uint8Array(tokens.length + 1), new Uint8Array(tokens.length + 1)];
  return (text) => {
    let [open, next] = [first.fill(0), second];
    open[0] = 1;
    skipWildcards(tokens, open);
    for (const character of text) {
      const found = character.codePointAt(0);
      next.fill(0);
      for (let at = 0; at < tokens.length; at += 1) {
        if (open[at] === 0) continue;
        const token = tokens[at];
        if (token === ANY_RUN) next[at] = 1;
        else if (token === ANY_ONE || token === found) next[at + 1] = 1;
      }
      skipWildcards(tokens, next);
      [open, next] = [next, open];
    }
    return open[tokens.length] === 1;
  };
}

/** A wildcard may stand for nothing. */
function skipWildcards(tokens: readonly number[], open: Uint8Array): void {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (open[at] === 1 && (token === ANY_RUN || token === ANY_ONE)) open[at + 1] = 1;
  }
}

/** The text that a glob without wildcards matches; undefined where it has any. */
export function literalOf(pattern: string): string | undefined {
  const { tokens } = compile(pattern, false);
  return tokens.some((token) => token < 0) ? undefined : String.fromCodePoint(...tokens);
}

/**
 * Compiles a glob with one `{…}` part into a function that gives what that part matched, or undefined where the text
 * does not match. Where several answers are possible, each `*` but the last takes as little as it can.
 */
export function globCapture(pattern: string): (text: string) => string | undefined {
  const compiled = compile(pattern, true);
  return (text) => match(compiled, text);
}

/** What is wrong with a glob, in words; undefined where nothing is. */
export function globProblem(pattern: string, captures: boolean): string | undefined {
  let braces = '';
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i];
    if (character === '\\') {
      if (i === pattern.length - 1) return 'ends in a lone backslash; write \\\\ for a backslash';
      i += 1;
    } else if (captures && (character === '{' || character === '}')) braces += character;
  }
  return captures && braces !== '{}' ? 'needs exactly one {…} part, such as webapp-{*}-20??????' : undefined;
}

function compile(pattern: string, captures: boolean): Compiled {
  const tokens: number[] = [];
  let open: number | undefined;
  let close: number | undefined;
  let escaped = false;
  for (const character of pattern) {
    if (escaped) {
      tokens.push(character.codePointAt(0) ?? 0);
      escaped = false;
    } else if (character === '\\') escaped = true;
    else if (character === '*') tokens.push(ANY_RUN);
    else if (character === '?') tokens.push(ANY_ONE);
    else if (captures && character === '{') open = tokens.length;
    else if (captures && character === '}') close = tokens.length;
    else tokens.push(character.codePointAt(0) ?? 0);
  }
  return { tokens, open, close };
}

/** The captured part (empty where none was asked for), or undefined where the text does not match. */
function match({ tokens, open, close }: Compiled, text: string): string | undefined {
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  let from = 0;
  let to = 0;
  for (;;) {
    // A later visit to the same token overwrites the earlier: only the last one led to the match.
    if (token === open) from = at;
    if (token === close) to = at;
    const expected = tokens[token];
    if (expected === ANY_RUN) {
      star = token;
      starAt = at;
      token += 1;
      continue;
    }
    if (at === text.length) {
      if (expected === undefined) return text.slice(from, to);
      return undefined;
    }
    const found = text.codePointAt(at) ?? 0;
    if (expected === ANY_ONE || expected === found) {
      token += 1;
      at += width(found);
    } else if (star >= 0) {
      starAt += width(text.codePointAt(starAt) ?? 0);
      at = starAt;
      token = star + 1;
    } else return undefined;
  }
}

function width(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}
