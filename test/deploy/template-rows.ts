import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { WRITES } from './actions.ts';
import { templateProblems } from './schema.ts';
import { ACCOUNT, resolver, type Template } from './template.ts';

const DEPLOYMENTS = [
  ['that only reports', false],
  ['that enforces', true],
] as const;

const functionShape = z.object({
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Timeout: z.number(),
  Role: z.string(),
  ReservedConcurrentExecutions: z.number(),
  TracingConfig: z.object({ Mode: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});
const scheduleShape = z.object({
  State: z.string(),
  Target: z.object({
    RoleArn: z.string(),
    Input: z.string(),
    RetryPolicy: z.object({ MaximumRetryAttempts: z.number() }),
    DeadLetterConfig: z.object({ Arn: z.string() }),
  }),
});

const invokeShape = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number(),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }) }),
});
const FAILED_RUNS = 'arn:aws:sns:eu-west-1:123456789012:FailedRunTopic';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:AlarmTopic';

/** The packaged template: what CloudFormation would make of it. */
export function templateTests(template: () => Template): void {
  const ofType = (type: string, enforce = false): [string, unknown][] => {
    const { resolve, condition } = resolver(template(), enforce);
    return Object.entries(template().Resources)
      .filter(
        ([, resource]) => resource.Type === type && (resource.Condition === undefined || condition(resource.Condition)),
      )
      .map(([id, { Properties }]) => [id, resolve(Properties)]);
  };

  it.each(DEPLOYMENTS)('of a deployment %s fits the schema of each resource', (_, enforce) => {
    expect(templateProblems(template(), resolver(template(), enforce))).toEqual([]);
  });

  it('has a role of its own for each function, and no other role but the schedules’ and that of who restores', () => {
    const functions = ofType('AWS::Lambda::Function').map(([, properties]) => functionShape.parse(properties));
    const roles = ofType('AWS::IAM::Role').map(([id]) => id);
    expect(functions).toHaveLength(9);
    expect(new Set(functions.map(({ Role }) => Role)).size).toBe(9);
    expect(roles.sort()).toEqual([
      'ArchiveRole',
      'DeleteSnapshotsRole',
      'DeprecateRole',
      'DeregisterRole',
      'DisableRole',
      'KeepButtonRole',
      'NotifyRole',
      'ProtectRole',
      'ReportRole',
      'RestoreRole',
      'ScheduleRole',
    ]);
  });

  it('names in an output every role that acts on images or snapshots, for detections to exempt', () => {
    const acts = ({ action }: { readonly action: string }) =>
      /^ec2:(?!CreateTags|DeleteTags|CreateImageUsage)/.test(action);
    const acting = Object.entries(WRITES).flatMap(([role, rows]) => (rows.some(acts) ? [role] : []));
    const { resolve } = resolver(template(), true);
    const arns = z.string().parse(resolve(template().Outputs.ActingRoleArns?.Value)).split(',');
    const expected = [...acting, 'RestoreRole'].map((role) => `arn:aws:iam::${ACCOUNT}:role/${role}`);
    expect(arns.toSorted()).toEqual(expected.toSorted());
  });

  it('runs each function alone, traced, on Node 24 and arm64, and lets none act by default', () => {
    for (const [id, properties] of ofType('AWS::Lambda::Function')) {
      expect(functionShape.parse(properties), id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        // A press is answered within three seconds, and several people may press at once.
        ...(id === 'KeepDashbuttonLambdaFunction'
          ? { Timeout: 15, ReservedConcurrentExecutions: 5 }
          : { Timeout: 900, ReservedConcurrentExecutions: 1 }),
        TracingConfig: { Mode: 'Active' },
        Environment: {
          Variables: {
            JANITOR_ENFORCE: 'false',
            JANITOR_REGIONS: '["eu-west-1"]',
            POLICY: 's3://reportbucket/policy/ami-janitor.yml',
          },
        },
      });
    }
  });

  it.each(DEPLOYMENTS)(
    'of a deployment %s has the schedules of acting functions on only where it enforces',
    (_, enforce) => {
      const schedules = ofType('AWS::Scheduler::Schedule', enforce).map(
        ([id, properties]) => [id, scheduleShape.parse(properties)] as const,
      );
      expect(schedules).toHaveLength(8);
      for (const [id, { State, Target }] of schedules) {
        const reports = id === 'ReportSchedule';
        expect(State, id).toBe(reports || enforce ? 'ENABLED' : 'DISABLED');
        expect(JSON.parse(Target.Input)).toEqual({
          mode: reports ? 'dry-run' : 'enforce',
          regions: ['eu-west-1'],
          startedBy: '<aws.scheduler.schedule-arn>',
        });
        expect(Target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThan(0);
        expect(Target.RoleArn).toMatch(/ScheduleRole$/);
        expect(Target.DeadLetterConfig.Arn).toMatch(/DeadLetterQueue$/);
      }
    },
  );

  it('keeps reports private, encrypted, versioned and for a time, and takes them over TLS only', () => {
    // Neither a stack's end nor another bucket in its place is theirs.
    const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    expect(template().Resources.ReportBucket).toMatchObject(retained);
    expect(template().Resources.ReportBucket?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const [, bucket] = ofType('AWS::S3::Bucket').find(([id]) => id === 'ReportBucket') ?? [];
    expect(JSON.stringify(bucket)).toMatch(/"Prefix":"reports\/","ExpirationInDays":"\d+"/);
    expect(expiringPrefixes(bucket)).toEqual(['reports/', 'audit/']);
    expect(JSON.stringify(template().Resources.ReportBucketPolicy?.Properties)).toContain(
      '"aws:SecureTransport":"false"',
    );
  });

  it('opens no address to the outside unless the deployment has buttons', () => {
    expect(ofType('AWS::Lambda::Url')).toEqual([]);
    expect(ofType('AWS::Lambda::Permission')).toEqual([
      [
        'FailedRunPermission',
        {
          FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:NotifyLambdaFunction',
          Action: 'lambda:InvokeFunction',
          Principal: 'sns.amazonaws.com',
          SourceArn: FAILED_RUNS,
        },
      ],
    ]);
  });

  it('tells the channel of each failed run once, keeps it in the queue, and never tells of its telling', () => {
    const invoked = ofType('AWS::Lambda::EventInvokeConfig').map(([, config]) => invokeShape.parse(config));
    const queue = 'arn:aws:sqs:eu-west-1:123456789012:DeadLetterQueue';
    expect(invoked).toHaveLength(8);
    for (const { FunctionName, MaximumRetryAttempts, DestinationConfig } of invoked) {
      expect(MaximumRetryAttempts, FunctionName).toBe(0);
      const notifies = FunctionName.toLowerCase().includes('notify');
      expect(DestinationConfig.OnFailure.Destination, FunctionName).toBe(notifies ? queue : FAILED_RUNS);
    }
    expect(ofType('AWS::SNS::Subscription').map(([, properties]) => properties)).toEqual([
      { TopicArn: FAILED_RUNS, Protocol: 'sqs', Endpoint: queue, RawMessageDelivery: true },
      {
        TopicArn: FAILED_RUNS,
        Protocol: 'lambda',
        Endpoint: 'arn:aws:lambda:eu-west-1:123456789012:function:NotifyLambdaFunction',
      },
    ]);
    const [[, policy] = []] = ofType('AWS::SQS::QueuePolicy');
    expect(policy).toHaveProperty('PolicyDocument.Statement.1.Condition', {
      ArnEquals: { 'aws:SourceArn': FAILED_RUNS },
    });
  });

  it('keeps every log for a time, and no function may make a log group of its own', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(9);
    for (const [id, properties] of groups) expect(properties, id).toHaveProperty('RetentionInDays', '90');
  });

  it('shows only metrics that the functions write, and where they write them', () => {
    const [[, dashboard] = [], ...others] = ofType('AWS::CloudWatch::Dashboard');
    expect(others).toEqual([]);
    const body = JSON.parse(z.object({ DashboardBody: z.string() }).parse(dashboard).DashboardBody);
    const asked: string[] = [...JSON.stringify(body).matchAll(/\\"([A-Z]\w+)\\"/g)].map(([, name = '']) => name);
    const written = readFileSync('src/handlers/metrics.ts', 'utf8');
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !new RegExp(`\\b${name}:`).test(written))).toEqual([]);
    for (const [, properties] of ofType('AWS::Lambda::Function')) {
      const { POWERTOOLS_METRICS_NAMESPACE } = functionShape.parse(properties).Environment.Variables;
      expect(JSON.stringify(body)).toContain(`SEARCH('{${POWERTOOLS_METRICS_NAMESPACE},service,region}`);
    }
  });

  it('tells of each message that reaches the dead-letter queue, and not of those that lie there', () => {
    const [, alarm] = ofType('AWS::CloudWatch::Alarm').find(([id]) => id === 'DeadLetterAlarm') ?? [];
    expect(alarm).toMatchObject({ MetricName: 'NumberOfMessagesSent', Statistic: 'Sum', DatapointsToAlarm: 1 });
  });

  it('shows what went wrong in every log', () => {
    const [[, dashboard] = []] = ofType('AWS::CloudWatch::Dashboard');
    const groups = ofType('AWS::Logs::LogGroup').map(([id]) => `SOURCE '${id.toLowerCase()}'`);
    const asked = [...JSON.stringify(dashboard).matchAll(/SOURCE '\w+'/g)].map(([source]) => source);
    expect(asked.sort()).toEqual(groups.sort());
  });

  describe.each(DEPLOYMENTS)('in a deployment %s', (_, enforce) => {
    const acting = ['Protect', 'Deprecate', 'Disable', 'Archive', 'Deregister', 'DeleteSnapshots'];
    const expected = enforce ? ['Report', ...acting] : ['Report'];
    it(`misses a run of ${expected.join(', ')}`, () => {
      const missing = ofType('AWS::CloudWatch::Alarm', enforce).filter(([id]) => id.endsWith('MissingAlarm'));
      expect(missing.map(([id]) => id)).toEqual(expected.map((name) => `${name}MissingAlarm`));
      for (const [, alarm] of missing)
        expect(alarm).toMatchObject({
          AlarmDescription: expect.stringContaining('no run began in the last 26 hours'),
          // A new alarm has no data and is not told of; one whose function has run and runs no more is.
          TreatMissingData: 'missing',
          InsufficientDataActions: [TOPIC],
          EvaluationPeriods: '26',
          Period: 3600,
        });
    });
    it('tells somebody of every alarm, and that it is over', () => {
      const alarms = ofType('AWS::CloudWatch::Alarm', enforce);
      expect(alarms.length).toBe(enforce ? 18 : 12);
      for (const [id, alarm] of alarms) expect(alarm, id).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
    });
  });
}

/** Below which objects expire; the journal, which proves what this tool did, never does. */
function expiringPrefixes(bucket: unknown): unknown[] {
  const { LifecycleConfiguration } = z
    .object({ LifecycleConfiguration: z.object({ Rules: z.array(z.record(z.string(), z.unknown())) }) })
    .parse(bucket);
  return LifecycleConfiguration.Rules.filter((rule) => 'ExpirationInDays' in rule || 'ExpirationDate' in rule).map(
    ({ Prefix }) => Prefix,
  );
}
