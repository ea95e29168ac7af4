import { deepEqual, equal, match } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyAccountWide } from '../../sandbox/account-wide.ts';
import { newOrganization } from '../../sandbox/organizations/state.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { bearOut } from '../../test/builders/seeded-journal.ts';
import { StoryAccount } from '../../test/scenarios/account.ts';
import type { AwsCommands } from './aws-commands.ts';
import { commandsOf } from './guides.ts';

const REGION = 'eu-west-1';
const [HOME, MEMBER] = ['000000000000', '111111111111'] as const;
/** Every service that the functions ask about an account; S3, SNS and EventBridge stay the emulator's. */
const SERVICES = [
  ...[
    'AUTO_SCALING',
    'BATCH',
    'CLOUDFORMATION',
    'CODEBUILD',
    'EC2',
    'ELASTIC_BEANSTALK',
    'EMR',
    'IMAGEBUILDER',
    'LAMBDA',
  ],
  ...['ORGANIZATIONS', 'RBIN', 'RDS', 'SAGEMAKER', 'SCHEDULER', 'SFN', 'SSM', 'STS'],
];
const POLICY = `
version: 1
targets: { accounts: ["${HOME}", "${MEMBER}"], regions: [${REGION}] }
rules:
  - name: all
    select: {}
    keep: { youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
limits: { stopAbove: 100% }
`;

/**
 * Lets the deployed functions act, by themselves and as the organization's state machine, on two accounts of
 * sandbox/: the emulator's EC2 can't deprecate an image. In each account one image is due to be deregistered, one to be
 * deprecated, and one is used, the member's by an instance of the other account.
 * @param folder where the commands are run, and dist/package is
 */
export async function act(aws: AwsCommands, folder: string): Promise<void> {
  const now = new Date();
  const ids = { last: 0 };
  const organization = newOrganization(HOME, now);
  const [home, member] = [HOME, MEMBER].map((accountId) => {
    const everywhere = emptyAccountWide();
    const story = new StoryAccount(emptyAccount(accountId, REGION, everywhere), ids);
    const trusts = [`arn:aws:iam::${HOME}:root`];
    for (const role of ['read', 'act', 'tell'])
      everywhere.roles.set(`ami-janitor/ami-janitor-${role}`, { trusts, externalId: 'ami-janitor-example' });
    story.parameter('/ami-janitor/member-template', ['2'], { dataType: 'text' });
    const joined = { name: accountId, email: `${accountId}@example.com`, joined: now, parentId: organization.rootId };
    organization.accounts.set(accountId, { ...joined, state: 'ACTIVE' });
    const old = story.image('old', { deprecatedDaysAgo: null });
    return { story, old, due: story.image('due'), used: story.image('used') };
  });
  if (home === undefined || member === undefined) throw new Error('There are two accounts.');
  for (const { used } of [home, member]) home.story.instance(used);
  const sandbox = await startSandbox({
    account: home.story.state,
    otherAccounts: [member.story.state],
    organization,
    now: () => new Date(),
  });
  try {
    await giveEndpoints(join(folder, 'dist/package/ami-janitor.json'), sandbox.url);
    await writeFile(join(folder, 'ami-janitor.yml'), POLICY);
    await aws.run('aws s3 cp ami-janitor.yml s3://REPORT_BUCKET/policy/ami-janitor.yml');
    const buckets: typeof home.story.state.buckets = new Map();
    for (const { story } of [home, member]) bearOut(buckets, 'journal', story.state);
    for (const [key, { body }] of buckets.get('journal') ?? []) {
      await writeFile(join(folder, 'base.json'), body);
      await aws.run(`aws s3 cp base.json s3://REPORT_BUCKET/${key}`);
    }
    const deploy = commandsOf('4-organization.md')[0]?.replace('Enforce=false', 'Enforce=true') ?? '';
    const left = ({ story }: typeof home) =>
      [...story.state.images].map(([, { Name, DeprecationTime }]) => [Name, DeprecationTime !== undefined]);

    await aws.run(deploy.replace('Organization=true', 'Organization=false'));
    for (const pass of ['deprecate', 'deregister']) {
      const invoke = `aws lambda invoke --function-name ami-janitor-prod-${pass} --cli-read-timeout 900 acted.json`;
      await aws.run(`${invoke} --payload '{"mode":"enforce"}'`);
      match(await readFile(join(folder, 'acted.json'), 'utf8'), /"done": ?[1-9]/);
    }
    // What is used again is no longer deprecated.
    const acted = [
      ['old', true],
      ['used', false],
    ];
    deepEqual(left(home), acted);
    deepEqual([...home.story.state.recycleBin.images.keys()], [home.due]);
    console.log('one account: deprecated, reinstated and deregistered what was due');

    await aws.run(deploy);
    const start =
      'aws stepfunctions start-execution --state-machine-arn STATE_MACHINE --query executionArn --output text';
    equal(await aws.ended(await aws.run(`${start} --input '{"mode":"enforce"}'`)), 'SUCCEEDED');
    deepEqual(left(member), acted);
    deepEqual([...member.story.state.recycleBin.images.keys()], [member.due]);
    console.log(`the organization: ${await aws.run('aws s3 cp s3://REPORT_BUCKET/latest/organization/summary.md -')}`);
  } finally {
    await sandbox.close();
  }
}

/** Has each function of a packaged template ask an endpoint for all that is not the emulator's. */
async function giveEndpoints(file: string, url: string): Promise<void> {
  const endpoints = Object.fromEntries(SERVICES.map((name) => [`AWS_ENDPOINT_URL_${name}`, url]));
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('"Variables":{', `"Variables":{${JSON.stringify(endpoints).slice(1, -1)},`));
}
