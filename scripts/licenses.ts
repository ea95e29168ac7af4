import { globSync, readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * The licenses of all packages that a bundle brings, each text once with those that are under it.
 * @throws Error where a package has neither its license's text nor the license's name
 */
export function licensesOf({ inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[1] ?? []));
  const packages = [...folders].sort().map((folder) => {
    const { name, version, license }: Record<string, string> = JSON.parse(
      readFileSync(`${folder}/package.json`, 'utf8'),
    );
    const [file] = globSync(`${folder}/{LICENSE,LICENCE,license}*`);
    if (file === undefined && license === undefined) throw new Error(`${folder} does not say its license`);
    const text = file === undefined ? `${license}` : readFileSync(file, 'utf8').trim();
    return { title: `${name} ${version} (${license})`, text };
  });
  return [...Map.groupBy(packages, ({ text }) => text)]
    .map(([text, under]) => `${under.map(({ title }) => title).join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
