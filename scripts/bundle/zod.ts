import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const EXPORT = /^export (?:const|function) (\w+)|^export \{ \w+ as (\w+) \};/gm;

/**
 * Functions check what they are given; they write no JSON Schemas, which the command line does. Zod can't leave that
 * out of its own accord, since each of its schemas has a method for it: the method says so here.
 */
export const withoutJsonSchemas: Plugin = {
  name: 'without-json-schemas',
  setup(build) {
    const filter = /zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/;
    build.onLoad({ filter }, async ({ path }) => ({ contents: refusing(await readFile(path, 'utf8')), loader: 'js' }));
  },
};

/** The same exports, each of which throws when it is to make a schema. */
function refusing(source: string): string {
  const names = [...source.matchAll(EXPORT)].flatMap(([, declared, renamed]) => declared ?? renamed ?? []);
  // Some make the method, and are called when nobody has asked for a schema yet.
  const exported = names.map((name) => `${name.startsWith('create') ? 'later' : 'refuse'} as ${name}`);
  return `const refuse = () => { throw new Error('JSON Schemas are written by the command line only'); };
const later = () => refuse;
export { ${exported.join(', ')} };
`;
}
