import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientsOf, type Ended, type Live } from './live/live.ts';
import { askQuestions } from './live/questions.ts';
import { type Row, tellStory } from './live/story.ts';
import { takeDown } from './live/take-down.ts';

/**
 * Tries ami-janitor on an AWS account with images of its own, and asks AWS what its documentation leaves open: `--region R`, and
 * `--account N` in place of the question. Everything carries the tag `ami-janitor-live` and is taken down at the end, however it
 * ends; `--take-down NAME` takes down what a trial that was killed left behind. Exit 1 where anything was not as expected.
 */

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

const { values } = parseArgs({
  options: { region: { type: 'string' }, account: { type: 'string' }, 'take-down': { type: 'string' } },
});
const region = values.region ?? process.env.AWS_REGION;
if (region === undefined) throw new Error('Name a Region: npm run test:live -- --region eu-west-1');
await requireConsent(region, values.account);

const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-live-'));
const trial = values['take-down'] ?? `ami-janitor-live-${Date.now().toString(36)}`;
const live: Live = {
  ...clientsOf(region),
  trial,
  janitor: (...args) => janitor([...args, '--region', region]),
  sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal: interrupted.signal }),
  now: () => new Date(),
  say: (line) => console.log(line),
};
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
console.log(`The trial is called ${trial}.`);
try {
  if (values['take-down'] === undefined) {
    const rows: Row[] = [];
    for (const part of [tellStory, askQuestions])
      if (!interrupted.signal.aborted)
        await part(live, rows, folder).catch((error: unknown) => {
          console.error(interrupted.signal.aborted ? 'Interrupted.' : error instanceof Error ? error.message : error);
          process.exitCode = 1;
        });
    if (rows.length > 0) console.log(`\n${tableOf(rows)}\n`);
    if (rows.some(({ expected, seen }) => expected !== seen)) process.exitCode = 1;
  }
} finally {
  console.log('Taking everything down…');
  const left = await takeDown(live);
  for (const one of left) console.log(`Left: ${one}`);
  console.log(
    left.length === 0 ? 'Nothing is left.' : `Again: npm run test:live -- --region ${region} --take-down ${trial}`,
  );
  await rm(folder, { recursive: true });
}

/** What is done costs under a cent, and is done only by who names the account. */
async function requireConsent(where: string, given: string | undefined): Promise<void> {
  const { Account = '' } = await new STSClient({ region: where }).send(new GetCallerIdentityCommand({}));
  console.log(`Makes some images, two launch templates, a group of size 0, a parameter and two retention rules in account
${Account}, ${where}, and takes them down. It costs less than a cent and takes about ten minutes.`);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = given ?? (await prompt.question('The account number, to go on: '));
  prompt.close();
  if (answer.trim() === Account) return;
  console.error('That is not the account. Nothing was done.');
  process.exit(2);
}

function janitor(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? 1,
        json: parsed(stdout.join('')),
        stderr: stripVTControlCharacters(stderr.join('')),
      }),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In Markdown, for docs/conformance.md. */
function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ tried, expected, seen }) => `| ${tried} | ${expected} | ${expected === seen ? 'as expected' : `**${seen}**`} |`,
  );
  return ['| tried | expected | seen |', '|---|---|---|', ...lines].join('\n');
}
