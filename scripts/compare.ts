import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from 'markdown-table';
import { EVERY_NAME } from '../test/scenarios/every-text-kind.ts';
import { knownAccount } from './compare/account.ts';
import { CUSTODIAN, OURS, toolsOf } from './compare/tools.ts';
import { startEmbedded } from './embedded.ts';

/**
 * Asks this project and two others what they would remove of the same embedded account, of which it is known what is
 * used; each reads only. `--images N` that nothing uses, `--amicleaner DIR` for a checkout, `--write` docs/comparison.md.
 */
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '200' },
    amicleaner: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const known = knownAccount(Number(values.images));
const sandbox = await startEmbedded(known.state, () => new Date());
process.env.AWS_DEFAULT_REGION = known.state.region;
const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-compare-'));
const columns: { name: string; options: string; lines: readonly string[]; wrong: readonly string[] }[] = [];
try {
  for (const { name, options, run } of toolsOf(EVERY_NAME, values.amicleaner)) {
    const before = callsOf();
    const since = performance.now();
    const found = await run(folder);
    const seconds = (performance.now() - since) / 1000;
    if (typeof found === 'string') {
      console.log(`${name}: left out: ${found}`);
      continue;
    }
    const count = (ids: Iterable<string>) => [...ids].filter((id) => found.has(id)).length;
    const wrong = [...known.used].flatMap(([id, kind]) => (found.has(id) ? [kind] : []));
    const lines = [
      `${String(wrong.length)} of ${String(known.used.size)}`,
      String(count(known.young)),
      `${String(known.unused.size - count(known.unused))} of ${String(known.unused.size)}`,
      `${String(known.left.size - count(known.left))} of ${String(known.left.size)}`,
      String(callsOf() - before),
      `${seconds.toFixed(1)} s`,
    ];
    columns.push({ name, options, lines, wrong });
    console.log(`${name}: ${lines.join(', ')}\n  ${wrong.join('\n  ')}`);
  }
} finally {
  await sandbox.close();
  await rm(folder, { recursive: true });
}
if (values.write) await write();

function callsOf(): number {
  return Object.values(sandbox.calls.counts()).reduce((sum, one) => sum + one, 0);
}

async function write(): Promise<void> {
  const file = 'docs/comparison.md';
  const text = await readFile(file, 'utf8');
  const rows = [
    'in use, and would be removed',
    'younger than 60 days, and would be removed',
    'unused, and would stay',
    'snapshots of images that are gone, and would stay',
    'calls',
    'time',
  ];
  const kinds = [...known.used.values()].filter((kind) => columns.some(({ wrong }) => wrong.includes(kind)));
  const parts = [
    `Run on ${new Date().toISOString().slice(0, 10)} by \`npm run compare -- --images ${values.images}${values.amicleaner === undefined ? '' : ' --amicleaner DIR'} --write\`, on a machine of two cores.`,
    markdownTable([
      ['', ...columns.map(({ name }) => name)],
      ...rows.map((row, index) => [row, ...columns.map(({ lines }) => lines[index] ?? '')]),
    ]),
    'Told:',
    columns.map(({ name, options }) => `- ${name}: ${options}`).join('\n'),
    'What would be removed though it is used:',
    markdownTable([
      ['used by', ...columns.map(({ name }) => name)],
      ...kinds.map((kind) => [kind, ...columns.map(({ wrong }) => (wrong.includes(kind) ? 'removed' : ''))]),
    ]),
    `\`\`\`yaml\n# ami-janitor\n${OURS}\`\`\``,
    `\`\`\`yaml\n# Cloud Custodian\n${CUSTODIAN}\`\`\``,
  ];
  const mark = '<!-- written by npm run compare -- --write -->\n';
  await writeFile(file, `${text.slice(0, text.indexOf(mark))}${mark}\n${parts.join('\n\n')}\n`);
}
