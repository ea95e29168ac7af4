import { globSync, readFileSync } from 'node:fs';

/** Code whose calls only people make, from the command line with their own credentials. */
const OF_PEOPLE = /^src\/(?:cli|execute\/restore)\//;
const IMPORT = /import\s*(?:type\s*)?\{([^}]*)\}\s*from\s*'@aws-sdk\/client-([a-z0-9-]+)'/g;
const NAME = /\b(?:paginate([A-Z]\w+)|([A-Z]\w+)Command)\b/g;

/** Every AWS call in the functions' code, as `client.Operation`, with the file that makes it. */
export function callsInCode(): Map<string, string> {
  const calls = new Map<string, string>();
  for (const file of globSync('src/**/*.ts').filter((path) => !OF_PEOPLE.test(path))) {
    for (const [, names = '', client] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      for (const [, paginated, command] of names.matchAll(NAME)) calls.set(`${client}.${paginated ?? command}`, file);
    }
  }
  return calls;
}
