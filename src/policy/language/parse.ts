import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from 'yaml';
import {
  type Path,
  pathText,
  printable,
  quoted,
  type SourcePosition,
  type ValidationIssue,
} from '../../validation/problem.ts';
import { DEEPEST, failed, type ParsedPolicy, type PositionOf, parseValue, TOO_DEEP } from './parse-object.ts';

export { parsePolicyObject } from './parse-object.ts';

/** Parses a policy file (YAML, and so JSON): one clear problem for each error, with its line and column. */
export function parsePolicy(text: string, source: string): ParsedPolicy {
  return parsePolicyFile(text, source).parsed;
}

/** Parses a policy file, with a way back from a path to its position in the text. */
export function parsePolicyFile(text: string, source: string): { parsed: ParsedPolicy; positionOf: PositionOf } {
  const yaml = readYaml(text);
  if (!('value' in yaml)) return { parsed: failed(yaml, source), positionOf: () => undefined };
  return { parsed: parseValue(yaml.value, source, yaml.positionOf), positionOf: yaml.positionOf };
}

/** A policy is a page or two; half a megabyte is a mistake or an attack. */
const LARGEST_TEXT = 512 * 1024;

type PositionAt = (offset: number | undefined) => SourcePosition | undefined;

/** Reads one YAML document, with a way back from a path; what can't be read safely and unambiguously is a problem. */
function readYaml(text: string): { value: unknown; positionOf: PositionOf } | readonly ValidationIssue[] {
  if (text.length > LARGEST_TEXT) return [whole(`is larger than ${LARGEST_TEXT / 1024} KiB`)];
  const lines = new LineCounter();
  const positionAt: PositionAt = (offset) => {
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document.Parsed;
  try {
    // The parser's own check for duplicate keys compares each with each; `visit` has a quicker one.
    document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false, lineCounter: lines });
  } catch {
    // The parser descends once for each level: too deep a document exhausts the stack.
    return [whole(TOO_DEEP)];
  }
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    return [{ message: sentence(error), path: '', ...positionAt(error.pos[0]) }];
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [whole('is empty')];
  const problems: ValidationIssue[] = [];
  visit(contents, [], { positionAt, problems, open: new Set(), aliases: 0 });
  if (problems.length > 0) return problems;
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // Aliases of aliases: few to write, and millions when written out, of which the parser makes a hundred at most.
    return [whole('has too many aliases, or one whose anchor is missing')];
  }
  return { value, positionOf: (path, atKey) => positionAt(offsetOf(document, path, atKey)) };
}

function whole(message: string): ValidationIssue {
  return { message, path: '' };
}

function sentence({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'MULTIPLE_DOCS') return 'holds more than one document';
  if (message.includes('call stack')) return TOO_DEEP;
  const line = printable(message);
  return `is not valid YAML: ${line.length > 200 ? `${line.slice(0, 199)}…` : line}`;
}

/** The start of a node, or of its key; of the nearest parent that is there where the node itself is not. */
function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(target)) {
      node = target.items[Number(part)];
      offset = startOf(node);
      continue;
    }
    const pair = isMap(target) && target.items.find(({ key }) => String(key) === String(part));
    if (!pair) return offset;
    offset = startOf(atKey ? pair.key : pair.value) ?? startOf(pair.key);
    node = pair.value;
  }
  return offset;
}

const MOST_ALIASES = 100;

interface Walk {
  readonly positionAt: PositionAt;
  readonly problems: ValidationIssue[];
  /** Anchors whose nodes are being walked: an alias to one of them would never end. Most nodes have none. */
  readonly open: Set<string | undefined>;
  aliases: number;
}

/** Finds what YAML allows and a policy must not have: duplicate keys, circles, floods of aliases, endless nesting. */
function visit(node: unknown, path: Path, walk: Walk): void {
  if (path.length > DEEPEST) {
    if (walk.problems.length === 0) report(walk, TOO_DEEP, [], node);
    return;
  }
  if (isAlias(node)) {
    walk.aliases += 1;
    if (walk.open.has(node.source)) report(walk, `the alias ${quoted(node.source)} contains itself`, path, node);
    if (walk.aliases === MOST_ALIASES + 1) report(walk, `has more than ${MOST_ALIASES} aliases`, path, node);
  }
  if (!isCollection(node)) return;
  const { anchor } = node;
  walk.open.add(anchor);
  const keys = new Set<string>();
  for (const [index, item] of node.items.entries()) {
    if (!isPair(item)) {
      visit(item, [...path, index], walk);
      continue;
    }
    // The parser takes no keys but plain text.
    const key = String(item.key);
    const at = [...path, key];
    // Objects treat this key in a way of their own, and what stands under it would be lost without a word.
    if (key === '__proto__') report(walk, 'this key can not be used', at, item.key);
    if (isMap(node) && keys.has(key)) report(walk, 'this key stands here twice', at, item.key);
    keys.add(key);
    visit(item.value, at, walk);
  }
  walk.open.delete(anchor);
}

function report({ problems, positionAt }: Walk, message: string, path: Path, node: unknown): void {
  problems.push({ message, path: pathText(path), ...positionAt(startOf(node)) });
}

/** Where a node begins in the text; a value that is left out is nowhere. */
function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
