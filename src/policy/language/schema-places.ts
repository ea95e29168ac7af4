import type { Path } from './problem.ts';
import { policySchemaJson } from './schema.ts';

/** The value at a path, if there is one. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    const holder = Object(value);
    if (!Object.hasOwn(holder, part)) return undefined;
    value = Reflect.get(holder, part);
  }
  return value;
}

/** The keys that the schema knows at a place, read from its JSON form. */
export function knownKeys(path: Path): string[] {
  let nodes: unknown[] = [policySchemaJson()];
  for (const part of path) {
    nodes = nodes
      .flatMap((node) => [
        valueAt(node, typeof part === 'number' ? ['items'] : ['properties', part]) ??
          valueAt(node, ['additionalProperties']),
      ])
      .flatMap(branchesOf);
  }
  return nodes.flatMap((node) => Object.keys(Object(valueAt(node, ['properties']))));
}

function branchesOf(node: unknown): unknown[] {
  const branches = valueAt(node, ['anyOf']);
  return Array.isArray(branches) ? branches : [node];
}
