import { isAlias, isCollection, isMap, isNode, isPair, type Node } from 'yaml';
import { type Path, pathText, quoted, type SourcePosition, TOO_DEEP, type ValidationIssue } from './problem.ts';

const DEEPEST = 50;
const MOST_ALIASES = 100;

interface Walk {
  readonly placeAt: (offset: number) => SourcePosition;
  readonly problems: ValidationIssue[];
  /** Anchors whose nodes are being walked: an alias to one of them would never end. Most nodes have none. */
  readonly open: Set<string | undefined>;
  aliases: number;
}

/** What YAML allows and a policy must not have: duplicate keys, circles, floods of aliases, endless nesting. */
export function checkNodes(root: Node, placeAt: (offset: number) => SourcePosition): readonly ValidationIssue[] {
  const walk: Walk = { placeAt, problems: [], open: new Set(), aliases: 0 };
  visit(root, [], walk);
  return walk.problems;
}

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

function report({ problems, placeAt }: Walk, message: string, path: Path, node: unknown): void {
  const start = startOf(node);
  problems.push({ message, path: pathText(path), ...(start !== undefined && placeAt(start)) });
}

/** Where a node begins in the text; a value that is left out is nowhere. */
export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
