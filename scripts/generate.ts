/**
 * Writes what is generated and committed: the JSON Schemas of the policy and of report.json, the IAM policies of docs/iam,
 * and the script and style of the HTML page as text, so that the page can be written from a fresh checkout and from a bundle alike. `--check` only compares.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { policySchemaJson } from '../src/policy/language/schema.ts';
import { eventsOpenApi } from '../src/report/schema/events.ts';
import { reportJsonSchema } from '../src/report/schema/schema.ts';
import { iamDocuments } from './iam-documents.ts';

const files = {
  'docs/policy-schema.json': `${JSON.stringify(policySchemaJson(), null, 2)}\n`,
  'docs/events-schema.json': `${JSON.stringify(eventsOpenApi(), null, 2)}\n`,
  'docs/report-schema.json': `${JSON.stringify(reportJsonSchema(), null, 2)}\n`,
  'src/report/html/generated/page.ts': await pageModule(),
  ...(await iamDocuments()),
};

const stale: string[] = [];
for (const [path, text] of Object.entries(files)) {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before === text) continue;
  stale.push(path);
  if (!process.argv.includes('--check')) await writeFile(path, text);
}
console.log(stale.length === 0 ? 'up to date' : stale.join('\n'));
if (process.argv.includes('--check') && stale.length > 0) process.exitCode = 1;

async function pageModule(): Promise<string> {
  const [script, style] = await Promise.all([bundled('browser/main.ts'), bundled('browser/page.css')]);
  return [
    "// Made by 'npm run generate' from browser/: change it there.",
    `export const SCRIPT = ${JSON.stringify(script)};`,
    `export const SCRIPT_SHA256 = '${sha256(script)}';`,
    `export const STYLE = ${JSON.stringify(style)};`,
    `export const STYLE_SHA256 = '${sha256(style)}';`,
    '',
  ].join('\n');
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    charset: 'ascii',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const text = (outputFiles[0]?.text ?? '').trim();
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${entry} would end its own element`);
  return text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
