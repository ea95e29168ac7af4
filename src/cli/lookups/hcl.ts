import { Language, type Node, Parser } from 'web-tree-sitter';
import { BrokenFileError, UNKNOWN, type Value } from './value.ts';
import { wasm } from './wasm.ts';

/** The values of a module's `locals`, of which each name stands once. */
export type Locals = Map<string, Value>;

/** Reads files of Terraform and Packer. */
export interface HclReader {
  /** @throws BrokenFileError where it is no HCL */
  readonly read: (text: string, locals: Locals) => Value;
}

/** Loads the parser. */
export async function hclReader(): Promise<HclReader> {
  const { parser: wasmBinary, grammar } = await wasm();
  await Parser.init({ wasmBinary });
  const parser = new Parser().setLanguage(await Language.load(grammar));
  return {
    read: (text, locals) => {
      const tree = parser.parse(text);
      if (tree === null) throw new BrokenFileError(1, 'is not valid HCL');
      try {
        const broken = brokenPart(tree.rootNode);
        if (broken) throw new BrokenFileError(lineOf(broken), 'is not valid HCL');
        const body = child(tree.rootNode, 'body');
        return body ? bodyOf(body, locals) : { line: 1, is: new Map() };
      } finally {
        tree.delete();
      }
    },
  };
}

/** The innermost part at which the parser lost the thread. */
function brokenPart(node: Node): Node | undefined {
  if (!node.hasError) return undefined;
  const inner = node.children.find((one) => one.hasError || one.isMissing);
  return inner && !inner.isMissing && !inner.isError ? brokenPart(inner) : (inner ?? node);
}

function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

function child(node: Node, type: string): Node | undefined {
  return node.namedChildren.find((one) => one.type === type);
}

/** Attributes by their names, and blocks by their types and labels, as Terraform's JSON syntax has them. */
function bodyOf(body: Node, locals: Locals): Value {
  const members = new Map<string, Value[]>();
  const add = (name: string, value: Value) => members.set(name, [...(members.get(name) ?? []), value]);
  for (const part of body.namedChildren) {
    const [first, ...others] = part.namedChildren;
    const line = lineOf(part);
    if (part.type === 'attribute' && first) {
      const expression = child(part, 'expression');
      add(first.text, expression ? convert(expression, locals) : { line, is: UNKNOWN });
    } else if (part.type === 'block' && first) {
      const labels = others.filter(({ type }) => type === 'string_lit' || type === 'identifier').map(labelOf);
      const inner = child(part, 'body');
      const value = { line, is: inner ? bodyOf(inner, locals).is : new Map() };
      add(
        first.text,
        labels.reduceRight<Value>((within, label) => ({ line, is: new Map([[label, [within]]]) }), value),
      );
    }
  }
  return { line: lineOf(body), is: members };
}

function labelOf(node: Node): string {
  return node.type === 'string_lit' ? templateText(node, new Map()) : node.text;
}

function convert(node: Node, locals: Locals): Value {
  const line = lineOf(node);
  const inner = node.namedChildren.filter(({ type }) => type !== 'comment');
  const [first, second, third] = inner;
  if (node.type === 'expression' || node.type === 'collection_value' || node.type === 'template_expr') {
    if (first && inner.length === 1) return convert(first, locals);
    const isLocal = first?.text === 'local' && second?.type === 'get_attr' && third === undefined;
    return { line, is: (isLocal ? locals.get(second.text.slice(1).trim())?.is : undefined) ?? UNKNOWN };
  }
  switch (node.type) {
    case 'literal_value':
      return { line, is: first?.type === 'string_lit' ? templateText(first, locals) : node.text };
    case 'quoted_template':
      return { line, is: templateText(node, locals) };
    case 'heredoc_template': {
      // The parser leaves out what indents the first line, and that alone.
      const start = inner.find(({ type }) => type.startsWith('template_'))?.startPosition ?? node.startPosition;
      return { line: start.row + 1, is: ' '.repeat(start.column) + templateText(node, locals) };
    }
    case 'tuple':
      return {
        line,
        is: inner.filter(({ type }) => !type.startsWith('tuple_')).map((item) => convert(item, locals)),
      };
    case 'object': {
      const members = new Map<string, Value[]>();
      for (const { type, namedChildren } of inner) {
        const [key, value] = namedChildren.filter((part) => part.type === 'expression');
        if (type === 'object_elem' && key && value) members.set(keyOf(key, locals), [convert(value, locals)]);
      }
      return { line, is: members };
    }
    default:
      return { line, is: UNKNOWN };
  }
}

/** A bare word is a key of this name; anything else is a text, or not known. */
function keyOf(key: Node, locals: Locals): string {
  if (/^[\w-]+$/.test(key.text)) return key.text;
  const { is } = convert(key, locals);
  return typeof is === 'string' ? is : UNKNOWN;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** A text with its interpolations: what `locals` say, or what is not known. */
function templateText(node: Node, locals: Locals): string {
  const isQuoted = node.type !== 'heredoc_template';
  return node.namedChildren
    .map((part) => {
      if (part.type === 'template_literal') {
        const text = part.text.replace(/([$%])\1\{/g, '$1{');
        return isQuoted ? text.replace(/\\([nrt"\\])/g, (_, escaped: string) => ESCAPES[escaped] ?? '') : text;
      }
      if (part.type === 'template_interpolation') {
        const expression = child(part, 'expression');
        const { is } = expression ? convert(expression, locals) : { is: UNKNOWN };
        return typeof is === 'string' ? is : UNKNOWN;
      }
      return part.type === 'template_directive' ? UNKNOWN : '';
    })
    .join('');
}
