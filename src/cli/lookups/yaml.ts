import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { printable } from '../../validation/problem.ts';
import { BrokenFileError, UNKNOWN, type Value } from './value.ts';

/** Actions of Helm (`{{ … }}`) and variables of Terraform's templates and of shells (`${…}`): what is not known yet. */
const LINE_OF_ACTION = /^[ \t]*\{\{.*\}\}[ \t]*$/gm;
const HOLE = /\{\{[^\n]*?\}\}|\$\{[^{}\n]*\}/g;

/** Aliases of aliases are few to write and millions when written out. */
const MOST_ALIASES = 1000;

/**
 * Reads YAML, and so JSON, with what Helm and Terraform put in later. CloudFormation's tags are taken for what they tag.
 * @throws BrokenFileError where it is no YAML even then
 */
export function readYaml(text: string, firstLine = 1): Value[] {
  const lines = new LineCounter();
  const lineAt = (offset = 0) => firstLine - 1 + Math.max(1, lines.linePos(offset).line);
  const plain = text.replace(LINE_OF_ACTION, '').replace(HOLE, UNKNOWN);
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', lineCounter: lines } as const;
  const documents = [...parseAllDocuments(plain, options)];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error)
      throw new BrokenFileError(
        lineAt(error.pos[0]),
        `is not valid YAML or JSON: ${printable(error.message).slice(0, 120)}`,
      );
  }
  return documents.map((document) => {
    let aliases = 0;
    const convert = (node: unknown, line: number): Value => {
      if (isAlias(node)) aliases += 1;
      const target = isAlias(node) && aliases <= MOST_ALIASES ? node.resolve(document) : node;
      if (isSeq(target)) return { line: at(target, line), is: target.items.map((item) => convert(item, line)) };
      if (!isMap(target))
        return { line: at(target, line), is: isScalar(target) ? String(target.value ?? UNKNOWN) : UNKNOWN };
      const members = new Map<string, Value[]>();
      for (const { key, value } of target.items) {
        const name = isScalar(key) ? String(key.value) : UNKNOWN;
        members.set(name, [...(members.get(name) ?? []), convert(value, at(key, line))]);
      }
      return { line: at(target, line), is: members };
    };
    const at = (node: unknown, line: number) => {
      const range = Object(node).range;
      return Array.isArray(range) ? lineAt(Number(range[0])) : line;
    };
    return convert(document.contents, firstLine);
  });
}
