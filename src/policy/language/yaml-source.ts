import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type Path, printable, type SourcePosition, TOO_DEEP, type ValidationIssue } from './problem.ts';
import { checkNodes, startOf } from './yaml-check.ts';

/** A policy is a page or two; half a megabyte is a mistake or an attack. */
const LARGEST_TEXT = 512 * 1024;

/** A text read as YAML (and so as JSON), with a way back from a path to its place. */
export interface YamlSource {
  readonly value: unknown;
  readonly placeOf: (path: Path, atKey: boolean) => SourcePosition | undefined;
}

/** Reads one YAML document; what can't be read safely and unambiguously is a problem. */
export function readYaml(text: string): YamlSource | readonly ValidationIssue[] {
  if (text.length > LARGEST_TEXT) return [whole(`is larger than ${LARGEST_TEXT / 1024} KiB`)];
  const lines = new LineCounter();
  const placeAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document.Parsed;
  try {
    // The parser's own check for duplicate keys compares each with each; `checkNodes` has a quicker one.
    document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false, lineCounter: lines });
  } catch {
    // The parser descends once for each level: too deep a document exhausts the stack.
    return [whole(TOO_DEEP)];
  }
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) {
    return [{ message: sentence(fault), path: '', ...placeAt(fault.pos[0]) }];
  }
  if (document.contents === null || isEmptyScalar(document.contents)) return [whole('is empty')];
  const problems = checkNodes(document.contents, placeAt);
  if (problems.length > 0) return problems;
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // Aliases of aliases: few to write, and millions when written out, of which the parser makes a hundred at most.
    return [whole('has too many aliases, or one whose anchor is missing')];
  }
  return {
    value,
    placeOf: (path, atKey) => {
      const offset = offsetOf(document, path, atKey);
      return offset === undefined ? undefined : placeAt(offset);
    },
  };
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

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** The start of a node, or of its key; of the nearest parent that is there where the node itself is not. */
function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isMap(target)) {
      const pair = target.items.find(({ key }) => String(key) === String(part));
      if (!pair) return offset;
      offset = startOf(atKey ? pair.key : pair.value) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(target)) {
      node = target.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}
