import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const CONSTANT = /^const (_\w+) = ("[^"]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;
/** `ParameterNotFound` is the one class that a library, Powertools, looks for. */
const REGISTERED_ERROR = /^n\d+_registry\.registerError\((?!ParameterNotFound\$).*\);$/gm;

/**
 * Systems Manager has 140 classes of errors, which are most of its client. An error that has no class is the service's
 * own exception with the same name and message; this tool tells errors apart by name.
 */
const WITHOUT_ERROR_CLASSES = /[\\/]client-ssm[\\/]/;

/** Writes the string constants of an SDK schema file where it uses them as computed keys. */
function inlineComputedKeys(source: string): string {
  const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
  return source.replace(COMPUTED_KEY, (key, name: string) => {
    const text = constants.get(name);
    return text === undefined ? key : `${text}:`;
  });
}

/**
 * Lets esbuild drop the SDK schemas that nothing uses. It must keep an object with a computed key, since evaluating
 * the key could have an effect (aws/aws-sdk-js-v3 issue 7607); the keys are constants, so this writes them out.
 */
export const droppableSchemas: Plugin = {
  name: 'droppable-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]dist-es[\\/].*schemas_\d+\.js$/ }, async ({ path }) => {
      const source = inlineComputedKeys(await readFile(path, 'utf8'));
      const contents = WITHOUT_ERROR_CLASSES.test(path) ? source.replace(REGISTERED_ERROR, '') : source;
      return { contents, loader: 'js' };
    });
  },
};

/** Of its own package.json, a client reads the version only. */
export const versionsOnly: Plugin = {
  name: 'versions-only',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { version: string } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * Lambda gives a function its role's credentials in the environment, and in no other way: the chain of profiles, single
 * sign-on, processes and metadata endpoints, with its clients, is the command line's.
 */
export const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'credentials' }, ({ pluginData }: { pluginData: unknown }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: String(pluginData),
    }));
  },
};
