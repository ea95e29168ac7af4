import { parseArgs } from 'node:util';
import { type Dropped, dropEach } from './foreign/dropped.ts';
import { ENDPOINTS } from './foreign/endpoints.ts';
import { journey } from './foreign/journey.ts';
import { type Agreement, agree } from './foreign/oracle.ts';
import { type Row, writeTables } from './foreign/tables.ts';
import { installed } from './python.ts';

/**
 * Goes through every command on AWS endpoints that nobody here wrote, holds plans over random accounts in one of them
 * against an oracle written apart, and plans over their answers with each element dropped or emptied.
 * `--only NAME`, `--images N` of random accounts, `--elements N` of each endpoint, `--write` for docs/conformance.md.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    images: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    elements: { type: 'string', default: '300' },
    write: { type: 'boolean', default: false },
  },
});
const rows: Row[] = [];
let wrong = 0;
for (const endpoint of ENDPOINTS.filter(({ name }) => values.only === undefined || values.only === name)) {
  const started = await endpoint.start();
  if (typeof started === 'string') {
    console.log(`${endpoint.version}: left out, ${started}`);
    continue;
  }
  try {
    const since = performance.now();
    const traveled = await journey(started.url);
    for (const { result, name, why } of traveled.steps) console.log(`${endpoint.name}: ${result}: ${name} (${why})`);
    const dropped = Number(values.elements) === 0 ? undefined : await dropEach(started.url, Number(values.elements));
    if (dropped !== undefined) tell(endpoint.name, dropped);
    rows.push({ endpoint, journey: traveled, dropped });
    wrong += traveled.steps.filter(({ result }) => result === 'wrong').length + (dropped?.wrong.length ?? 0);
    console.log(`${endpoint.name}: ${String(Math.round((performance.now() - since) / 1000))} s`);
  } finally {
    await started.stop();
  }
}
const [moto] = ENDPOINTS;
const bin = moto === undefined ? undefined : installed(`foreign-${moto.name}`, moto.packages);
let oracle: Agreement | undefined;
if (bin !== undefined && Number(values.images) > 0) {
  oracle = await agree(bin, Number(values.images), Number(values.seed));
  const { images, due, differences, off } = oracle;
  for (const line of differences) console.log(line);
  console.log(
    `oracle: ${String(images)} images, ${String(due)} due, ${String(differences.length)} differences; off: ${off.join(', ')}`,
  );
  wrong += differences.length;
}
if (values.write) await writeTables(rows, oracle, ['npm run test:foreign --', ...process.argv.slice(2)].join(' '));
process.exitCode = wrong === 0 ? 0 : 1;

function tell(name: string, { tried, leftOut, wrong: found }: Dropped): void {
  for (const one of found) console.log(`${name}: an image is due without ${one}`);
  for (const [why, times] of leftOut) console.log(`${name}: ${String(times)} times AWS's own answer: ${why}`);
  console.log(`${name}: ${String(tried)} answers with an element less, ${String(found.length)} wrong`);
}
