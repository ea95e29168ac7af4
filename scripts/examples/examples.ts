import { readFile, writeFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Draft } from '../../sandbox/seed/draft.ts';
import { Random } from '../../sandbox/seed/random.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { createClients } from '../../src/aws/clients.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Account } from '../../src/model/account.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { recordingText } from '../../src/recording/write.ts';
import { startEmbedded } from '../embedded.ts';
import { centralAccount } from './central-account.ts';
import { ciScratch } from './ci-scratch.ts';
import { complianceHolds } from './compliance-holds.ts';
import { cookbook, RECIPES } from './cookbook.ts';
import { drCopies } from './dr-copies.ts';
import { expiryTags } from './expiry-tags.ts';
import { goldenImages } from './golden-images.ts';
import { imageBuilderPipeline } from './image-builder-pipeline.ts';
import { withJournal } from './journal.ts';
import { leftBehindSnapshots } from './left-behind-snapshots.ts';
import { lookedUp } from './looked-up.ts';
import { acrossOrganization, organization } from './organization.ts';
import { packerPipeline } from './packer-pipeline.ts';
import { published } from './published.ts';
import { reportOnly } from './report-only.ts';

/** When every example is recorded, and for when it is planned. */
const EXAMPLES_AT = new Date('2026-11-21T00:00:00.000Z');

/** An example: a folder below `examples/`, and the account that its policy is tried on. */
export interface Example {
  readonly name: string;
  readonly region: string;
  readonly make: (draft: Draft) => void;
  /** What a run over a whole organization knows besides of the account. */
  readonly across?: (account: Account) => Account;
  /** Another policy beside `policy.yml`, to be compared with it. */
  readonly against?: string;
}

const HOME = 'eu-west-1';

export const EXAMPLES: readonly Example[] = [
  { name: 'golden-images', region: HOME, make: goldenImages },
  { name: 'ci-scratch', region: HOME, make: ciScratch },
  { name: 'expiry-tags', region: HOME, make: expiryTags },
  { name: 'dr-copies', region: 'eu-central-1', make: drCopies },
  { name: 'compliance-holds', region: HOME, make: complianceHolds },
  { name: 'packer-pipeline', region: HOME, make: packerPipeline },
  { name: 'looked-up', region: HOME, make: lookedUp },
  { name: 'image-builder-pipeline', region: HOME, make: imageBuilderPipeline },
  { name: 'central-account', region: HOME, make: centralAccount, against: 'evaluate.yml' },
  { name: 'organization', region: HOME, make: organization, across: acrossOrganization },
  { name: 'report-only', region: HOME, make: reportOnly },
  { name: 'left-behind-snapshots', region: HOME, make: leftBehindSnapshots },
  { name: 'published', region: HOME, make: published },
  ...RECIPES.map((recipe) => ({ name: `cookbook/${recipe}`, region: HOME, make: cookbook(recipe) })),
];

/** The policies of docs/cookbook.md as files, by their folder below `examples/`, in their order. */
export async function cookbookPolicies(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile('docs/cookbook.md', 'utf8');
  const blocks = [...page.matchAll(/^### \d+\. (.+)\n\n```yaml\n([\s\S]*?)^```$/gm)];
  const schema = '# yaml-language-server: $schema=../../../docs/policy-schema.json';
  return new Map(
    blocks.map(([, title = '', yaml = ''], index) => [`cookbook/${RECIPES[index]}`, `${schema}\n# ${title}.\n${yaml}`]),
  );
}

/** The account of an example: the same each time, id by id. */
function exampleAccount({ name, region, make }: Example): AccountState {
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 31, 7);
  const draft = new Draft(EXAMPLES_AT, new Random(seed), '123456789012', region);
  make(draft);
  return draft.state;
}

/**
 * Records an example's account through the embedded endpoint, as `record` would an account of AWS.
 * The process's AWS settings point at the endpoint afterwards.
 */
export async function recordExample(example: Example, file: string): Promise<void> {
  const sandbox = await startEmbedded(exampleAccount(example), () => EXAMPLES_AT);
  try {
    await commandLine('record', file, '--policy', `examples/${example.name}/policy.yml`);
    const recorded = parseRecording(await readFile(file, 'utf8'));
    if (!recorded.ok) throw new Error(`${file}: ${recorded.problem}`);
    const account = example.across?.(recorded.account) ?? recorded.account;
    await writeFile(file, recordingText(withJournal(account)));
  } finally {
    await sandbox.close();
  }
}

/** What `plan` prints over an example's recording. */
export function planExample({ name }: Example, format: 'markdown' | 'json'): Promise<string> {
  return commandLine(...planArguments(name), '--format', format);
}

/** What `plan --against` prints for another policy of the example. */
export function compareExample({ name }: Example, against: string): Promise<string> {
  return commandLine(...planArguments(name), '--against', `examples/${name}/${against}`, '--format', 'markdown');
}

function planArguments(name: string): string[] {
  const at = EXAMPLES_AT.toISOString();
  return ['plan', '--account', `examples/${name}/account.json`, '--policy', `examples/${name}/policy.yml`, '--at', at];
}

/** Runs a command line at the examples' time; no run is named in what it prints, since that differs each time. */
async function commandLine(...args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = text(stdout);
  const said = text(stderr);
  const exitCode = await runCommandLine(args, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: {},
    now: () => EXAMPLES_AT,
    command: 'ami-janitor',
    connect: (region) => createClients(region, { pace: 'off' }),
  });
  stdout.end();
  stderr.end();
  if (exitCode !== 0 && exitCode !== 3) throw new Error(`${args.join(' ')} exits ${exitCode}: ${await said}`);
  return (await printed).replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN_ID');
}
