import validate from 'asl-validator';
import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ORGANIZATION_FUNCTIONS } from '../../scripts/bundle.ts';
import { publishSummaryMetrics } from '../../src/handlers/organization/metrics.ts';
import { summarize } from '../../src/organization/summary/summary.ts';
import { everyWrite } from './every-write.ts';
import { templateProblems } from './schema.ts';
import { evaluate, evaluateMany, IN_THE_ORGANIZATION, policiesOf } from './simulate.ts';
import { ACCOUNT, REGION, resolver, type Template } from './template.ts';

const STATES = ORGANIZATION_FUNCTIONS.map((name) => name.replace('organization-', ''));
const roleOf = (state: string) => `Organization${state[0]?.toUpperCase()}${state.slice(1)}Role`;
const idOf = (state: string) => `OrganizationDash${state}LambdaFunction`;
const logOf = (state: string) => `OrganizationDash${state}LogGroup`;
const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:ami-janitor-prod-organization`;
const DEPLOYMENTS = [
  ['that only reports', false],
  ['that enforces', true],
] as const;
const BUCKET = 'arn:aws:s3:::reportbucket';
const RUN = {
  runId: '20261121T020000Z-1a2b3c4d',
  mode: 'enforce' as const,
  startedAt: '2026-11-21T02:00:00.000Z',
  policy: { source: 's3://bucket/policy.yml', sha256: 'f'.repeat(64) },
};
const OBJECTS = `${BUCKET}/organization/${RUN.runId}`;
const memberRole = (name: string) => `arn:aws:iam::222222222222:role/ami-janitor/ami-janitor-${name}`;

const machineShape = z.object({ DefinitionString: z.string(), RoleArn: z.string(), StateMachineType: z.string() });
const functionShape = z.object({
  Role: z.string(),
  Timeout: z.number(),
  MemorySize: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});
const scheduleShape = z.object({
  State: z.string(),
  Target: z.object({ Arn: z.string(), RoleArn: z.string(), Input: z.string() }),
});
const rulesShape = z.object({
  LifecycleConfiguration: z.object({ Rules: z.array(z.record(z.string(), z.unknown())) }),
});

/** What `organization=true` adds to the packaged template, and what it takes the place of. */
export function organizationTests(template: () => Template): void {
  const properties = (id: string, enforce = false) =>
    resolver(template(), enforce).resolve(template().Resources[id]?.Properties);
  const existing = (type: string, enforce: boolean) => {
    const { condition } = resolver(template(), enforce);
    return Object.entries(template().Resources).flatMap(([id, { Type, Condition }]) =>
      Type === type && (Condition === undefined || condition(Condition)) ? [id] : [],
    );
  };
  const ask = (role: string, enforce: boolean, action: string, resource?: string, context = {}) =>
    evaluate(policiesOf(template(), role, enforce), action, resource, context);

  it.each(DEPLOYMENTS)('%s fits the schema of each resource', (_, enforce) => {
    expect(templateProblems(template(), resolver(template(), enforce))).toEqual([]);
  });

  it('has a state machine that the specification takes, and every function of it', () => {
    const { DefinitionString, RoleArn, StateMachineType } = machineShape.parse(properties('OrganizationStateMachine'));
    const { isValid, errorsText } = validate(JSON.parse(DefinitionString));
    expect(isValid, errorsText()).toBe(true);
    expect(StateMachineType).toBe('STANDARD');
    expect(RoleArn).toMatch(/OrganizationStateMachineRole$/);
    const named = [...DefinitionString.matchAll(/function:(\w+)"/g)].map(([, id]) => id);
    expect(new Set(named)).toEqual(new Set(STATES.map(idOf)));
  });

  it('has a definition that the specification would not take with a mistake in it', () => {
    const { DefinitionString } = machineShape.parse(properties('OrganizationStateMachine'));
    expect(validate(JSON.parse(DefinitionString.replace('"Next": "Join"', '"Next": "Joins"'))).isValid).toBe(false);
    expect(validate(JSON.parse(DefinitionString.replace('MaxConcurrencyPath', 'MaxConcurency'))).isValid).toBe(false);
  });

  it('hands no state more than can’t grow: no list is among what passes between them', () => {
    const { DefinitionString } = machineShape.parse(properties('OrganizationStateMachine'));
    const { States } = z
      .object({ States: z.record(z.string(), z.looseObject({ Type: z.string(), ResultPath: z.unknown().optional() })) })
      .parse(JSON.parse(DefinitionString));
    const kept = Object.entries(States).filter(([, state]) => /Task|Map/.test(state.Type) && state.ResultPath !== null);
    const names = ['ListTargets', 'Join', 'ListWaiting', 'JoinAnew', 'Summarize', 'SummarizeAgain'];
    expect(kept.map(([name]) => name)).toEqual(names);
    const ResultSelector = { 'iteration.$': '$.iteration', 'sha256.$': '$.sha256' };
    for (const join of [States.Join, States.JoinAnew]) expect(join).toHaveProperty('ResultSelector', ResultSelector);
  });

  it('waits with acting until the lock of an invocation that is dead has expired', () => {
    const { DefinitionString } = machineShape.parse(properties('OrganizationStateMachine'));
    const retries = [
      ...DefinitionString.matchAll(
        /"ErrorEquals":\s*\[\s*"LockedError"\s*\],\s*"IntervalSeconds":\s*(\d+),\s*"BackoffRate":\s*1,\s*"MaxAttempts":\s*(\d+)/g,
      ),
    ];
    // Acting, the same again, at last, and telling owners and the platform's people twice each.
    expect(retries).toHaveLength(7);
    // Fifteen minutes of its life, and the twenty for which it last renewed the lock.
    for (const [, seconds, tries] of retries) expect(Number(seconds) * Number(tries)).toBeGreaterThan(35 * 60);
  });

  it('shows the figures that the summary writes, where it writes them', () => {
    const { DashboardBody } = z.object({ DashboardBody: z.string() }).parse(properties('Dashboard'));
    const body = JSON.stringify(JSON.parse(DashboardBody));
    const asked = [...body.matchAll(/\\"([A-Z]\w+)\\"/g)].map(([, name = '']) => name);
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'AmiJanitor/test');
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    publishSummaryMetrics(summarize({ run: RUN, targets: [], leftOut: [], notified: undefined, notifies: false }), 1);
    const written = JSON.parse(String(log.mock.lastCall?.[0]));
    log.mockRestore();
    vi.unstubAllEnvs();
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !(name in written))).toEqual(['ThrottledRequests']);
    expect(new Set(body.match(/SEARCH\('\{[^}]+\}/g))).toEqual(new Set(["SEARCH('{AmiJanitor/prod,service,scope}"]));
  });

  it('shows what went wrong in every log', () => {
    const asked = [...JSON.stringify(properties('Dashboard')).matchAll(/SOURCE '(\w+)'/g)].map(([, name]) => name);
    const groups = existing('AWS::Logs::LogGroup', false);
    expect(groups).toHaveLength(15);
    expect(asked.sort()).toEqual(groups.map((id) => id.toLowerCase()).sort());
  });

  it('gives each function a role, a log and the members’ names of its own', () => {
    for (const state of STATES) {
      const { Role, Timeout, MemorySize, Environment } = functionShape.parse(properties(idOf(state)));
      expect(Role).toBe(`arn:aws:iam::${ACCOUNT}:role/${roleOf(state)}`);
      expect(properties(roleOf(state))).toHaveProperty('RoleName', `ami-janitor-prod-organization-${state}`);
      expect(Timeout).toBe(900);
      expect(MemorySize).toBe('2048');
      expect(Environment.Variables).toMatchObject({
        MEMBER_READ_ROLE: 'ami-janitor/ami-janitor-read',
        MEMBER_ACT_ROLE: `ami-janitor/ami-janitor-${state === 'notify' ? 'tell' : 'act'}`,
        MEMBER_EXTERNAL_ID: 'ami-janitor-example',
        TOLERATED_FAILURE_PERCENTAGE: '5',
        JANITOR_ENFORCE: 'false',
      });
    }
  });

  it.each(DEPLOYMENTS)('%s has one schedule, and no alarm that waits for the others', (_, enforce) => {
    expect(existing('AWS::Scheduler::Schedule', enforce)).toEqual(['OrganizationSchedule']);
    const { State, Target } = scheduleShape.parse(properties('OrganizationSchedule', enforce));
    expect(State).toBe('ENABLED');
    expect(Target.Arn).toMatch(/:stateMachine:OrganizationStateMachine$/);
    expect(JSON.parse(Target.Input)).toEqual({
      mode: enforce ? 'enforce' : 'dry-run',
      startedBy: '<aws.scheduler.schedule-arn>',
    });
    const alarms = existing('AWS::CloudWatch::Alarm', enforce);
    expect(alarms.filter((id) => id.endsWith('MissingAlarm'))).toEqual(['OrganizationMissingAlarm']);
    for (const id of ['OrganizationFailedAlarm', 'OrganizationTimedOutAlarm', 'OrganizationMissingAlarm']) {
      expect(properties(id), id).toHaveProperty('AlarmActions', [`arn:aws:sns:${REGION}:${ACCOUNT}:AlarmTopic`]);
    }
  });

  it('counts a target that a limit stopped, as the other functions’ logs are counted', () => {
    const counted = z
      .object({ MetricTransformations: z.array(z.object({ MetricNamespace: z.string(), MetricName: z.string() })) })
      .parse(properties('OrganizationStoppedFilter'));
    expect(counted.MetricTransformations[0]).toMatchObject(
      z
        .object({ Namespace: z.string(), MetricName: z.string() })
        .transform(({ Namespace, MetricName }) => ({ MetricNamespace: Namespace, MetricName }))
        .parse(properties('StoppedAlarm')),
    );
  });

  it('lets the objects of runs expire, and every other rule of the bucket stand', () => {
    const { Rules } = rulesShape.parse(properties('ReportBucket')).LifecycleConfiguration;
    expect(Rules.map(({ Id }) => Id)).toEqual([
      'reports-expire',
      'audit-expires',
      'old-versions-and-broken-uploads-expire',
      'markers-expire',
      'objects-of-organization-runs-expire',
    ]);
    expect(Rules[4]).toMatchObject({ Prefix: 'organization/', ExpirationInDays: '30' });
    expect(Rules[0]).toMatchObject({ Prefix: 'reports/', ExpirationInDays: '400' });
  });

  it.each(STATES)('%s may do nothing to EC2 and Auto Scaling with its own role', async (state) => {
    const policies = policiesOf(template(), roleOf(state), true);
    for (const { action, resources } of await everyWrite()) {
      expect(new Set(evaluateMany(policies, action, resources)), action).toEqual(new Set(['ImplicitlyDenied']));
    }
    expect(await ask(roleOf(state), true, 'ec2:DescribeImages')).toBe('ImplicitlyDenied');
  });

  /** Whose it is to write what; everybody else only reads it. */
  const WRITERS: readonly (readonly [string, ...string[]])[] = [
    ['targets', 'policy.json', 'targets.json', 'skipped.json', 'iterations/2.json'],
    ['inventory', 'inventory/T.json.gz', 'owned/1/T.txt.gz', 'uses/1/T.json', '../last-uses/T.json'],
    ['join', 'joined/1.json', 'joined/1/T.json'],
    ['act', 'waiting/1/T.json', 'planned/T.json.gz', 'shared/T.json', 'notices/T.json', 'ended/T.json'],
    ['act', '../unused/T.json', '../shared-since/T.json'],
    ['notify', 'telling.json', 'told.json', 'told/0001.json'],
    ['summary', 'summary.json', 'summary.md', 'summary.html'],
  ];
  it.each(STATES)(
    '%s writes its own objects of a run, reads the others’, and adds to the ledger where it acts',
    async (state) => {
      const objects = (name: string) =>
        name.startsWith('../') ? `${BUCKET}/organization/${name.slice(3)}` : `${OBJECTS}/${name}`;
      const conditions = [{}, { 's3:if-none-match': '*' }];
      for (const [owner, ...names] of [...WRITERS, ['states.amazonaws.com', 'results/read/1/manifest.json']])
        for (const name of names.map((one) => objects(one.replace('T', '222222222222/eu-west-1')))) {
          expect(await ask(roleOf(state), true, 's3:GetObject', name), name).toBe('Allowed');
          for (const condition of conditions)
            expect(await ask(roleOf(state), true, 's3:PutObject', name, condition), name).toBe(
              owner === state ? 'Allowed' : 'ImplicitlyDenied',
            );
        }
      const batch = `${OBJECTS}/acted/222222222222/eu-west-1/0001-0001.json`;
      const answers = await Promise.all(conditions.map((one) => ask(roleOf(state), true, 's3:PutObject', batch, one)));
      expect(answers).toEqual(['ImplicitlyDenied', state === 'act' ? 'Allowed' : 'ImplicitlyDenied']);
    },
  );

  it.each(STATES)('%s lists objects, and writes its own log', async (state) => {
    expect(await ask(roleOf(state), false, 's3:ListBucket', BUCKET)).toBe('Allowed');
    expect(await ask(roleOf(state), true, 's3:PutObject', `${BUCKET}/policy/ami-janitor.yml`)).toMatch(/Denied$/);
    expect(await ask(roleOf(state), true, 's3:DeleteObject', `${OBJECTS}/run.json`)).toMatch(/Denied$/);
    for (const other of STATES) {
      const stream = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logOf(other)}:log-stream:today`;
      const expected = other === state ? 'Allowed' : 'ImplicitlyDenied';
      expect(await ask(roleOf(state), false, 'logs:PutLogEvents', stream)).toBe(expected);
    }
  });

  const REACHES: Readonly<Record<string, readonly [always: string[], enforcing: string[]]>> = {
    inventory: [['read'], []],
    act: [['read'], ['act']],
    notify: [[], ['tell']],
  };
  it.each(STATES)('%s may assume the roles of members that it needs, and no other role', async (state) => {
    const [always = [], enforcing = []] = REACHES[state] ?? [];
    for (const enforce of [false, true]) {
      const expected = enforce ? [...always, ...enforcing] : always;
      for (const name of ['read', 'act', 'tell', 'admin']) {
        const answer = await ask(roleOf(state), enforce, 'sts:AssumeRole', memberRole(name), IN_THE_ORGANIZATION);
        expect(answer, name).toBe(expected.includes(name) ? 'Allowed' : 'ImplicitlyDenied');
        for (const elsewhere of [{}, { ...IN_THE_ORGANIZATION, 'aws:ResourceOrgID': 'o-another' }])
          expect(await ask(roleOf(state), enforce, 'sts:AssumeRole', memberRole(name), elsewhere)).toBe(
            'ImplicitlyDenied',
          );
      }
      const other = 'arn:aws:iam::222222222222:role/OrganizationAccountAccessRole';
      expect(await ask(roleOf(state), enforce, 'sts:AssumeRole', other)).toBe('ImplicitlyDenied');
    }
  });

  it.each([
    ['targets', 'organizations:ListAccounts', '*'],
    ['targets', 'organizations:ListAccountsForParent', 'arn:aws:organizations::100000000000:root/o-exampleorg/r-exmp'],
    [
      'targets',
      'organizations:ListOrganizationalUnitsForParent',
      'arn:aws:organizations::100000000000:root/o-exampleorg/r-exmp',
    ],
    ['targets', 's3:GetObject', `${BUCKET}/policy/ami-janitor.yml`],
    ['act', 's3:PutObject', `${BUCKET}/reports/222222222222/eu-west-1/report.json`],
    ['act', 's3:PutObject', `${BUCKET}/latest/222222222222/eu-west-1/report.json`],
    ['act', 's3:GetObject', `${BUCKET}/latest/222222222222/eu-west-1/report.json`],
    ['notify', 'ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/ami-janitor/slack-token`],
    ['summary', 'ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/ami-janitor/slack-token`],
    ['summary', 's3:PutObject', `${BUCKET}/reports/index.html`],
    ['summary', 's3:PutObject', `${BUCKET}/latest/organization/summary.html`],
    ['notify', 'sns:GetTopicAttributes', `arn:aws:sns:${REGION}:${ACCOUNT}:ami-janitor-owners`],
    ['notify', 'sns:Publish', `arn:aws:sns:${REGION}:${ACCOUNT}:ami-janitor-owners`],
  ])('of all functions %s may %s on %s', async (state, action, resource) => {
    expect(await ask(roleOf(state), false, action, resource)).toBe('Allowed');
    expect(await ask(roleOf('join'), true, action, resource)).toBe('ImplicitlyDenied');
  });

  it('act adds to the audit trail without changing it', async () => {
    const key = `${BUCKET}/audit/2026/11/21/1.jsonl`;
    expect(await ask(roleOf('act'), true, 's3:PutObject', key, { 's3:if-none-match': '*' })).toBe('Allowed');
    expect(await ask(roleOf('act'), true, 's3:PutObject', key)).toBe('ImplicitlyDenied');
  });

  it('whoever acts or tells writes the journal where the deployment enforces, and nobody else ever does', async () => {
    const entry = `${BUCKET}/journal/222222222222/eu-west-1/entries/1.json`;
    for (const state of STATES) {
      const writes = state === 'act' || state === 'notify';
      const added = (enforce: boolean) =>
        ask(roleOf(state), enforce, 's3:PutObject', entry, { 's3:if-none-match': '*' });
      expect(await added(true), state).toBe(writes ? 'Allowed' : 'ImplicitlyDenied');
      expect(await added(false), state).toBe('ImplicitlyDenied');
      expect(await ask(roleOf(state), true, 's3:PutObject', entry), state).toBe('ImplicitlyDenied');
      const removed = await ask(roleOf(state), true, 's3:DeleteObject', entry);
      expect(removed, state).toBe(writes ? 'Allowed' : 'ImplicitlyDenied');
      if (writes) expect(await ask(roleOf(state), false, 's3:GetObject', entry), state).toBe('Allowed');
    }
  });

  it('the state machine may invoke its six functions, pass objects on, and start and redrive its own maps alone', async () => {
    const may = (action: string, resource: string) => ask('OrganizationStateMachineRole', true, action, resource);
    const lambda = (id: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`;
    for (const state of STATES) expect(await may('lambda:InvokeFunction', lambda(idOf(state)))).toBe('Allowed');
    expect(await may('lambda:InvokeFunction', lambda('DeregisterLambdaFunction'))).toBe('ImplicitlyDenied');
    expect(await may('s3:GetObject', `${OBJECTS}/targets.json`)).toBe('Allowed');
    expect(await may('s3:PutObject', `${OBJECTS}/results/read/1/manifest.json`)).toBe('Allowed');
    expect(await may('s3:PutObject', `${OBJECTS}/targets.json`)).toBe('ImplicitlyDenied');
    expect(await may('s3:PutObject', `${BUCKET}/policy/ami-janitor.yml`)).toBe('ImplicitlyDenied');
    expect(await may('states:StartExecution', MACHINE)).toBe('Allowed');
    expect(await may('states:StartExecution', `${MACHINE}s`)).toBe('ImplicitlyDenied');
    const execution = (label: string) =>
      `${MACHINE.replace(':stateMachine:', ':execution:')}${label}:0f6e0c1e-0000-4000-8000-000000000000`;
    expect(await may('states:DescribeExecution', execution(''))).toBe('Allowed');
    expect(await may('states:StopExecution', execution(''))).toBe('Allowed');
    for (const label of ['ReadAccounts', 'ActOnAccounts', 'ActOnAccountsAgain']) {
      expect(await may('states:RedriveExecution', execution(`/${label}`))).toBe('Allowed');
      const { DefinitionString } = machineShape.parse(properties('OrganizationStateMachine'));
      expect(DefinitionString).toContain(`"Label": "${label}"`);
    }
    expect(await may('sts:AssumeRole', memberRole('read'))).toBe('ImplicitlyDenied');
    expect(JSON.stringify(template().Resources.OrganizationStateMachine)).toContain('ami-janitor-prod-organization');
  });

  it('the schedule may start the state machine, and nothing else', async () => {
    const may = (action: string, resource: string) => ask('OrganizationScheduleRole', true, action, resource);
    const own = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:OrganizationStateMachine`;
    expect(await may('states:StartExecution', own)).toBe('Allowed');
    expect(await may('states:StartExecution', `${own}2`)).toBe('ImplicitlyDenied');
    expect(await may('lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${idOf('act')}`)).toBe(
      'ImplicitlyDenied',
    );
  });
}
