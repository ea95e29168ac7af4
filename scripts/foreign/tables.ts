import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable } from 'markdown-table';
import type { Dropped } from './dropped.ts';
import type { Endpoint } from './endpoints.ts';
import type { Journey } from './journey.ts';
import { LEFT_OUT_BY_AWS } from './left-out.ts';
import type { Agreement } from './oracle.ts';

/** What came of one endpoint. */
export interface Row {
  readonly endpoint: Endpoint;
  readonly journey: Journey;
  readonly dropped: Dropped | undefined;
}

const DOCUMENT = 'docs/conformance.md';
const BEGIN = '<!-- written by npm run test:foreign -- --write -->\n';
const END = '<!-- to here -->\n';
const RESULTS = {
  passed: 'passes',
  idle: 'nothing is due',
  safe: 'stops, and touches nothing',
  wrong: 'fails',
} as const;

/** Writes what was seen into the documentation, with its date and command. */
export async function writeTables(rows: readonly Row[], oracle: Agreement | undefined, command: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before = '', after = ''] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
  const parts = [
    `Seen on ${new Date().toISOString().slice(0, 10)} by \`${command}\`.`,
    steps(rows),
    '### What an endpoint lacks, or answers otherwise than AWS',
    lacks(rows),
    '### Answers with an element less',
    elements(rows),
    leftOut(),
    ...(oracle === undefined ? [] : ['### The oracle', agreement(oracle)]),
  ];
  await writeFile(DOCUMENT, `${before}${BEGIN}\n${parts.join('\n\n')}\n\n${after}`);
}

function steps(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ journey }) => journey.steps.map(({ name }) => name)))];
  const cell = (name: string, { journey }: Row) => {
    const step = journey.steps.find((one) => one.name === name);
    return step === undefined ? '' : RESULTS[step.result];
  };
  return markdownTable([
    ['', ...rows.map(({ endpoint }) => endpoint.version)],
    ...names.map((name) => [name, ...rows.map((row) => cell(name, row))]),
  ]);
}

function lacks(rows: readonly Row[]): string {
  return rows
    .map(({ endpoint, journey }) => {
      const refused = new Map(
        journey.calls.flatMap(({ operation, error }) => (error === undefined ? [] : [[operation, error]])),
      );
      const operations = [...refused].filter(([operation]) => operation !== 's3:GET object');
      const lines = [
        `**${endpoint.version}**`,
        '',
        `- refused: ${operations.map(([operation, error]) => `\`${operation}\` (${error})`).join(', ')}`,
        `- unread at first, so that everything stayed: ${[...journey.unread.keys()].join(', ')}; left out with \`references.off\` to go on: ${journey.off.join(', ')}`,
        `- answered for it, so that the passes could go on: ${[...journey.filled].map((one) => `\`${one}\``).join(', ')}`,
        ...[...journey.seeded.refused].map(([name, why]) => `- could not be made there: ${name} (${oneLine(why)})`),
      ];
      return lines.join('\n');
    })
    .join('\n\n');
}

function elements(rows: readonly Row[]): string {
  const tried = rows.flatMap(({ endpoint, dropped }) => (dropped === undefined ? [] : [{ endpoint, dropped }]));
  return markdownTable([
    ['', ...tried.map(({ endpoint }) => endpoint.version)],
    ['answers tried', ...tried.map(({ dropped }) => String(dropped.tried))],
    ['an image became due that should not', ...tried.map(({ dropped }) => String(dropped.wrong.length))],
    ...LEFT_OUT_BY_AWS.map(({ why }) => [
      `AWS’s own: ${why}`,
      ...tried.map(({ dropped }) => String(dropped.leftOut.get(why) ?? 0)),
    ]),
  ]);
}

function leftOut(): string {
  const known = LEFT_OUT_BY_AWS.map(({ why, known: how }) => `- ${why}: ${how}`);
  return `What AWS leaves out or empty itself can't be told from there being none:\n\n${known.join('\n')}`;
}

function agreement({ images, due, differences, off }: Agreement): string {
  return `${images.toLocaleString('en-US')} images in accounts drawn at random in moto, ${due.toLocaleString('en-US')} of them due: ${String(differences.length)} differences. Off: ${off.join(', ')}.`;
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 140).trim();
