import { BatchClient } from '@aws-sdk/client-batch';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { ElasticBeanstalkClient } from '@aws-sdk/client-elastic-beanstalk';
import { EMRClient } from '@aws-sdk/client-emr';
import { ImagebuilderClient } from '@aws-sdk/client-imagebuilder';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import { readWithDetails } from '../../src/observe/account-reader.ts';
import { applyLimits } from '../../src/plan/make-plan.ts';
import { readerOf } from '../builders/reader.ts';
import { sweep } from '../builders/runs.ts';
import { serve } from '../builders/serve.ts';
import { aPolicy, NOW, StoryAccount } from './account.ts';
import { EVERY_KIND } from './every-kind.ts';
import { EVERY_NAME } from './every-text-kind.ts';

/**
 * What AWS itself leaves out, so that its absence can't be told from there being none: what is optional where it is
 * named, and lists of what may be none.
 */
const LEFT_OUT_BY_AWS: readonly RegExp[] = [
  // A missing version is `$Default`, by AWS's own documentation.
  /^Describe(AutoScalingGroups|InstanceRefreshes|Fleets|SpotFleetRequests) .*\.Version$/,
  /^DescribeComputeEnvironments .*\.version$/,
  // A template, and an override of one, may name no image.
  /^DescribeLaunchTemplateVersions .*\.LaunchTemplateData\.ImageId$/,
  /^Describe\w+ .*\.Overrides(\.\d+\.(ImageId|LaunchTemplateSpecification))?$/,
  // A group need not have instances, nor a refresh a configuration of its own.
  /^DescribeAutoScalingGroups .*\.Instances(\.\d+\.(ImageId|LaunchTemplate|LaunchConfigurationName))?$/,
  /^DescribeInstanceRefreshes .*\.DesiredConfiguration(\.(LaunchTemplate|MixedInstancesPolicy))?$/,
  // An image and an instance need not have tags, and a tag's value may be empty.
  /^Describe(Images|Instances) .*\.Tags(\.\d+\.Value)?$/,
  // An unmanaged environment has no resources, and others Amazon's own images.
  /^DescribeComputeEnvironments .*\.(computeResources|imageId|ec2Configuration|imageIdOverride|launchTemplate|overrides)$/,
  // A cluster, a group or a fleet's type may run Amazon's own image.
  /^(DescribeCluster|ListInstance(Groups|Fleets)) .*\.CustomAmiId$/,
  // An environment need not say what it runs, nor a fleet.
  /^DescribeConfigurationSettings .*\.Value$/,
  /^BatchGetFleets .*\.imageId$/,
  // An instance group may run AWS's own image, and an engine version RDS's.
  /^DescribeCluster InstanceGroups\..*\.(Current|Desired)ImageId$/,
  /^DescribeDBEngineVersions .*\.Image(\.ImageId)?$/,
  // A stack may have neither parameters nor outputs, and what it resolved is told of some parameters alone.
  /^DescribeStacks .*\.(Parameters(\.\d+\.ParameterValue)?|Outputs|ResolvedValue)$/,
  // A function, a schedule, an association and a task may be given nothing; of what they are given none is essential.
  /^ListFunctions .*\.Environment(\.Variables\.\w+)?$/,
  /^GetSchedule .*\.Input$/,
  /^DescribeAssociation .*\.Parameters(\.\w+)?$/,
  /^GetMaintenanceWindowTask .*TaskInvocationParameters(\..+)?$/,
  // A container recipe may build on Amazon's own.
  /^ListContainerRecipes .*\.instanceImage$/,
];

type Path = readonly (string | number)[];

/** One element of an answer, and whether it is not there or says nothing. */
interface Element {
  readonly key: string;
  readonly path: Path;
  readonly isEmptied: boolean;
}

/** Answers that were given once, and which of their elements the next look goes without. */
class Answers {
  readonly #given = new Map<string, Promise<object>>();
  #dropped: Element | undefined;

  /** Has a client's requests answered from here, once they were answered. */
  between(client: object, method: string, nameOf: (argument: unknown) => string): void {
    const send: unknown = Reflect.get(client, method);
    if (typeof send !== 'function') return;
    const value = async (argument: unknown) => {
      const key = nameOf(argument);
      const given = this.#given.get(key) ?? Promise.resolve(Reflect.apply(send, client, [argument]));
      this.#given.set(key, given);
      const answer = structuredClone(await given);
      if (this.#dropped?.key === key) dropAt(answer, this.#dropped);
      return answer;
    };
    Object.defineProperty(client, method, { value });
  }

  async elements(): Promise<Element[]> {
    const all: Element[] = [];
    for (const [key, given] of this.#given)
      for (const [path, isText] of pathsIn(await given, []))
        for (const isEmptied of isText ? [false, true] : [false]) all.push({ key, path, isEmptied });
    return all;
  }

  drop(dropped: Element | undefined): void {
    this.#dropped = dropped;
  }
}

function* pathsIn(value: unknown, path: Path): Generator<[Path, isText: boolean]> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '$metadata' || inner === undefined) continue;
    const there = [...path, Array.isArray(value) ? Number(name) : name];
    // A list that is one shorter says nothing of what it lacks.
    if (!Array.isArray(value)) yield [there, typeof inner === 'string'];
    yield* pathsIn(inner, there);
  }
}

function dropAt(answer: object, { path, isEmptied }: Element): void {
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<object>((inner, part) => Object(Reflect.get(inner, part)), answer);
  if (isEmptied) Reflect.set(holder, last, '');
  else Reflect.deleteProperty(holder, last);
}

let sandbox: Sandbox;
let clients: Clients;
const answers = new Answers();
const account = new StoryAccount();
const policy = aPolicy({
  protect: { tags: { Stay: 'yes' } },
  references: { ssmParameters: ['/text/*'], byName: EVERY_NAME },
});

beforeAll(async () => {
  for (const [kind, add] of Object.entries(EVERY_KIND)) {
    if (kind !== 'a document in S3') add(account, account.image(kind));
  }
  account.image('unused');
  account.image('kept', { tags: { 'ami-janitor:keep': 'true' } });
  account.image('protected', { tags: { Stay: 'yes' } });
  sandbox = await serve({ account: account.state, now: () => NOW });
  clients = createClients('eu-west-1', { maxAttempts: 1, pace: 'off' });
  const commandName = (command: unknown) => Object(command).constructor.name.replace(/Command$/, '');
  const few = [
    clients.of(ImagebuilderClient),
    clients.of(BatchClient),
    clients.of(EMRClient),
    clients.of(ElasticBeanstalkClient),
    clients.of(CodeBuildClient),
    clients.of(SageMakerClient),
    clients.of(RDSClient),
    clients.of(CloudFormationClient),
    clients.of(LambdaClient),
    clients.of(SFNClient),
    clients.of(SchedulerClient),
  ];
  for (const client of [clients.ec2, clients.autoScaling, clients.ssm, clients.sts, ...few]) {
    answers.between(client, 'send', (command) => `${commandName(command)} ${JSON.stringify(Object(command).input)}`);
  }
});

afterAll(async () => {
  clients.destroy();
  await sandbox.close();
  vi.unstubAllEnvs();
});

/** The images that a plan would touch; none where the account could not be read at all. */
async function takenWithout(dropped: Element | undefined): Promise<string[]> {
  answers.drop(dropped);
  const look = readerOf(clients, policy, () => NOW);
  try {
    const plan = applyLimits(await readWithDetails(look, policy, NOW));
    return plan.passes.flatMap(({ actions, deferred }) =>
      [...actions, ...deferred].flatMap((action) => ('rule' in action ? [action.imageId] : [])),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'InventoryError') return [];
    throw error;
  }
}

function isLeftOutByAws({ key, path }: Element): boolean {
  const place = `${key.split(' ', 1)[0] ?? ''} ${path.join('.')}`;
  return LEFT_OUT_BY_AWS.some((pattern) => pattern.test(place));
}

it('no image is due because an answer lacks an element that AWS always sends, or has nothing in it', async () => {
  const before = await takenWithout(undefined);
  expect(before).toHaveLength(1);
  const elements = await answers.elements();
  expect(elements.length).toBeGreaterThan(600);
  const wrong: string[] = [];
  for (const element of sweep(elements, 40)) {
    const more = (await takenWithout(element)).filter((imageId) => !before.includes(imageId));
    if (more.length > 0 && !isLeftOutByAws(element))
      wrong.push(`${element.key} ${element.isEmptied ? 'with nothing in' : 'without'} ${element.path.join('.')}`);
  }
  expect(wrong).toEqual([]);
}, 300_000);
