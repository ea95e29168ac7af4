import { failed, type ParsedPolicy, parseValue } from './parse-object.ts';
import { readYaml } from './yaml-source.ts';

export { parsePolicyObject } from './parse-object.ts';
export { type Problem, problemText } from './problem.ts';

/** Parses a policy file (YAML, and so JSON): one clear problem for each fault, with its line and column. */
export function parsePolicy(text: string, source: string): ParsedPolicy {
  const yaml = readYaml(text);
  return 'value' in yaml ? parseValue(yaml.value, source, yaml.placeOf) : failed(yaml, source);
}
