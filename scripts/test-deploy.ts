import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { act } from './package/act.ts';
import { AwsCommands } from './package/aws-commands.ts';
import { Emulator } from './package/emulator.ts';
import { iamPolicies } from './package/iam-policies.ts';
import { runGuides } from './package/run-guides.ts';
import { BESIDE, ORGANIZATION, REFUSED, TURNED } from './package/turned.ts';
import { installed, startServer } from './python.ts';

/**
 * Asks linters about dist/package/, and deploys it into ministack, an emulator that nobody here wrote: makes the stack,
 * turns each parameter, asks for what is to be refused, runs the reporting function, and removes the stack. Then it runs
 * the guides' commands, and has the functions act. `npm run test:deploy` packages before; CONTRIBUTING.md says what an
 * emulator can't show.
 */
const PACKAGES = ['ministack==1.5.33', 'cfn-lint==1.58.0', 'parliament==1.6.4', 'awscli==1.46.3'];
const FOLDER = 'dist/package';
/** The emulator takes no template with a type that it does not know. */
const UNKNOWN_TYPES = ['AWS::Rbin::Rule'];
const BIN = installed('test-deploy', PACKAGES) ?? '';
if (BIN === '') console.log(`Skipped: ${PACKAGES.join(' and ')} need Python 3 with venv, and PyPI.`);
else {
  lint();
  await lintPolicies();
  await withEmulator(deploy);
}

/** No finding, of no level. */
function lint(): void {
  const templates = ['ami-janitor.json', 'member.yml', 'recycle-bin.yml'].map((name) => join(FOLDER, name));
  const { status, stdout, stderr } = spawnSync(join(BIN, 'cfn-lint'), templates, { encoding: 'utf8' });
  equal(status, 0, `${stdout}${stderr}`);
  console.log(`cfn-lint: nothing to say of ${templates.join(', ')}`);
}

/** What an IAM linter says of the roles' policies, but for what deploy/iam-findings.yml has a reason for. */
async function lintPolicies(): Promise<void> {
  const explained: readonly { readonly finding: string }[] = parse(await readFile('deploy/iam-findings.yml', 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-policies-'));
  for (const [name, policy] of iamPolicies(join(FOLDER, 'ami-janitor.json')))
    await writeFile(join(folder, `${name}.json`), JSON.stringify(policy));
  const asked = ['--json', '--directory', folder];
  const { stdout, stderr } = spawnSync(join(BIN, 'parliament'), asked, { encoding: 'utf8' });
  const findings = stdout.split('\n').filter((line) => line.startsWith('{'));
  const said = findings.map((line) => {
    const { issue, detail } = JSON.parse(line);
    return `${issue} ${JSON.stringify(detail)}`;
  });
  deepEqual([...new Set(said)].sort(), explained.map(({ finding }) => finding).sort(), `${stdout}${stderr}`);
  await rm(folder, { recursive: true });
  console.log('parliament: nothing to say of the roles but what deploy/iam-findings.yml explains');
}

async function withEmulator(use: (emulator: Emulator) => Promise<void>): Promise<void> {
  const env = (port: number) => ({ GATEWAY_PORT: String(port), HOME: join(BIN, '..') });
  const started = await startServer(join(BIN, 'ministack'), { env }, join(BIN, '../ministack.log'));
  try {
    await use(new Emulator(started.url));
  } finally {
    await started.stop();
  }
}

async function deploy(emulator: Emulator): Promise<void> {
  const s3 = new S3Client({
    endpoint: emulator.endpoint,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'our-code' }));
  for (const name of await readdir(FOLDER)) {
    const Body = name === 'ami-janitor.json' ? await known(join(FOLDER, name)) : await readFile(join(FOLDER, name));
    for (const prefix of ['ami-janitor/', BESIDE.CodePrefix])
      await s3.send(new PutObjectCommand({ Bucket: 'our-code', Key: `${prefix}${name}`, Body }));
  }
  const template = `${emulator.endpoint}/our-code/ami-janitor/ami-janitor.json`;
  const { Parameters }: { Parameters: object } = JSON.parse(await readFile(join(FOLDER, 'ami-janitor.json'), 'utf8'));
  const turned = [
    ...TURNED.map(([given]) => given),
    ORGANIZATION,
    BESIDE,
    { CodeBucket: '', ExistingReportBucket: '' },
  ];
  deepEqual([...new Set(turned.flatMap(Object.keys))].sort(), Object.keys(Parameters).sort());
  const stack = (action: string, given: Readonly<Record<string, string>>) =>
    emulator.stack(action, 'janitor', template, { CodeBucket: 'our-code', ...given });

  equal(await stack('CreateStack', {}), 'CREATE_COMPLETE');
  const first = await emulator.resources('janitor');
  const bucket = first.get('ReportBucket') ?? '';
  console.log(`made: ${first.size} resources`);

  for (const [given, added] of [...TURNED, [ORGANIZATION, undefined] as const, [{}, []] as const]) {
    equal(await stack('UpdateStack', given), 'UPDATE_COMPLETE');
    const now = await emulator.resources('janitor');
    if (added !== undefined) deepEqual([...now.keys()].filter((id) => !first.has(id)).sort(), added);
    // What holds data, and what a schedule or a person calls by its name, is the same as before.
    for (const id of ['ReportBucket', 'DeadLetterQueue', 'FailedRunTopic', 'ReportLambdaFunction', 'ReportLogGroup'])
      equal(now.get(id), first.get(id), `${id} was replaced`);
    console.log(`turned: ${JSON.stringify(given)}`);
  }
  for (const [given, why] of REFUSED) {
    match(await stack('UpdateStack', given), why);
    console.log(`refused: ${JSON.stringify(given)}`);
  }

  const beside = { CodeBucket: 'our-code', ...BESIDE };
  equal(await emulator.stack('CreateStack', 'second', template, beside), 'CREATE_COMPLETE');
  equal((await emulator.resources('second')).get('ReportLambdaFunction'), 'acme-test-report');
  equal(await emulator.stack('DeleteStack', 'second'), 'DELETE_COMPLETE');
  console.log(`beside it, and removed: ${JSON.stringify(BESIDE)}`);

  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'policy/ami-janitor.yml', Body: await readFile('examples/demo.yml') }),
  );
  const answer = await emulator.invoke('ami-janitor-prod-report');
  // It has no launch templates, fleets or recipes to tell of; the report says so, and lies where the answer says.
  match(answer, new RegExp(`"runId"|report: s3://${bucket}/reports/`));
  console.log(`ran: ${answer.slice(0, 300)}`);

  equal(await stack('UpdateStack', { ExistingReportBucket: 'our-code' }), 'UPDATE_COMPLETE');
  equal((await emulator.resources('janitor')).has('ReportBucket'), false);
  await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  console.log('turned: a bucket that was there before; the own one stays where it is');

  equal(await emulator.stack('DeleteStack', 'janitor'), 'DELETE_COMPLETE');
  await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  console.log('removed: everything but the report bucket');

  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-guides-'));
  await cp(FOLDER, join(folder, FOLDER), { recursive: true });
  await writeFile(join(folder, FOLDER, 'ami-janitor.json'), await known(join(FOLDER, 'ami-janitor.json')));
  const [, unread = ''] = /every image and snapshot stays: ([\w, -]+) \(report/.exec(answer) ?? [];
  const aws = new AwsCommands(emulator.endpoint, folder, BIN);
  await runGuides(aws, folder, unread.split(', '), () => act(aws, folder));
  await rm(folder, { recursive: true });
}

async function known(path: string): Promise<string> {
  const template: { Resources: Record<string, { Type: string }> } = JSON.parse(await readFile(path, 'utf8'));
  const resources = Object.entries(template.Resources).filter(([, { Type }]) => !UNKNOWN_TYPES.includes(Type));
  return JSON.stringify({ ...template, Resources: Object.fromEntries(resources) });
}
