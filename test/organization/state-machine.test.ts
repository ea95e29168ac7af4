import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { createClients } from '../../src/aws/clients.ts';
import { handler as act } from '../../src/handlers/organization/act.ts';
import { handler as inventory } from '../../src/handlers/organization/inventory.ts';
import { handler as join } from '../../src/handlers/organization/join.ts';
import { handler as notify } from '../../src/handlers/organization/notify.ts';
import { handler as summary } from '../../src/handlers/organization/summary.ts';
import { handler as targets } from '../../src/handlers/organization/targets.ts';
import { AWAY, HOME, MEMBER, type SeededOrganization, seedOrganization } from '../builders/organization.ts';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { IS_SAMPLE, sweep } from '../builders/runs.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { silenceConsole } from '../builders/silence-console.ts';
import type { Row } from '../deploy/actions.ts';
import { askedOf } from '../deploy/real-calls.ts';
import { evaluate, policiesOf } from '../deploy/simulate.ts';
import { parseTemplate } from '../deploy/template.ts';
import { lambdaContext } from '../handlers/invoke.ts';
import { eventsOf } from '../handlers/published-events.ts';
import { NOW } from '../scenarios/account.ts';
import { type Machine, readDefinition } from './definition.ts';
import { type Ended, type LocalFunction, LocalStateMachine } from './local-state-machine.ts';
import { BUCKET, POLICY as EVERYBODY } from './running.ts';

/** Every account below the root but the management account, into which a StackSet can't deploy the roles. */
const POLICY = EVERYBODY.replace('[r-exmp] }', `[r-exmp], except: ["100000000000"], regions: [${HOME}, ${AWAY}] }`);
const DEFINITION = readDefinition();
const ONE_BY_ONE = readDefinition({ organizationAccountsAtATime: '1', organizationRegionsAtATime: '1' });
const FUNCTIONS = { targets, inventory, join, act, notify, summary };
/** In `npm test` several stories fall to one consumer. */
const CONSUMERS = IS_SAMPLE ? 4 : 40;
const LONG = { tags: ['long'], timeout: 240_000 };
const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:ami-janitor-prod-organization:1';
let sandbox: Sandbox;
let seeded: SeededOrganization;
/** AWS's clock: it stands still unless a story lets it go with that of the functions. */
let awsNow: () => Date;
let intercept: ((call: Call) => Fault | undefined) | undefined;
let machine: LocalStateMachine;
const invoked: string[] = [];

beforeEach(() => {
  silenceConsole();
  retryAtOnce();
  vi.setSystemTime(NOW);
  awsNow = () => NOW;
  invoked.length = 0;
});
afterEach(async () => {
  await sandbox.close();
  intercept = undefined;
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** The packaged definition with the real handlers, over one endpoint that knows accounts by the role assumed. */
async function prepare(
  organization: SeededOrganization,
  given: {
    readonly functions?: Readonly<Record<string, LocalFunction>>;
    readonly eventBus?: string;
    readonly definition?: Machine;
  } = {},
): Promise<void> {
  seeded = organization;
  for (const { home } of [seeded.janitor, seeded.golden, ...seeded.consumers]) {
    const { roles } = home.state.everywhere;
    const given = roles.get(MEMBER.actRole);
    if (given !== undefined) roles.set('ami-janitor/ami-janitor-tell', given);
  }
  for (const { state } of [seeded.golden.home, seeded.golden.away])
    bearOut(seeded.janitor.home.state.buckets, BUCKET, state);
  const environment = {
    ...storePolicy(seeded.janitor.home.state, POLICY),
    JANITOR_ENFORCE: 'true',
    EVENT_BUS: given.eventBus ?? '',
    MEMBER_EXTERNAL_ID: MEMBER.externalId,
    TOLERATED_FAILURE_PERCENTAGE: '5',
  };
  sandbox = await serve(
    { ...seeded.sandbox, now: () => awsNow(), intercept: (call) => intercept?.(call) },
    environment,
  );
  const functions = Object.entries(FUNCTIONS).map(([state, handler]): [string, LocalFunction] => [
    `organization-${state}`,
    (input) => {
      invoked.push(state);
      return handler(input, lambdaContext());
    },
  ]);
  machine = new LocalStateMachine(given.definition ?? DEFINITION, {
    s3: createClients(HOME).s3,
    functions: { ...Object.fromEntries(functions), ...given.functions },
    execution: { Id: EXECUTION, StartTime: NOW.toISOString() },
  });
}

const enforce = { mode: 'enforce' };
const summaryShape = z.object({
  places: z.array(z.object({ accountId: z.string(), region: z.string(), withheld: z.number() })),
  troubles: z.array(z.string()),
});
/** The summary as it was written last. */
const summaryNow = () => {
  const objects = [...(seeded.janitor.home.state.buckets.get(BUCKET) ?? [])];
  const [, page] = objects.find(([key]) => /^organization\/\d.*\/summary\.json$/.test(key)) ?? [];
  return summaryShape.parse(JSON.parse(Buffer.from(page?.body ?? '').toString()));
};
const goldenImages = () => seeded.golden.home.state.images;
const failedOf = (map: string): string[] =>
  (machine.maps.get(map) ?? []).flatMap((ended) => (ended.status === 'failed' ? [ended.state] : []));
const outputOf = (ended: Ended) => (ended.status === 'succeeded' ? ended.output : ended);

describe('a golden account with forty consumers, one of them out of reach and one throttled', () => {
  it('gives the whole answer but for that target, and removes nothing that it might use', {
    tags: ['long'],
    timeout: 240_000,
  }, async () => {
    const organization = seedOrganization({ consumers: CONSUMERS });
    const { golden, consumer } = organization;
    const lost = consumer(31);
    lost.home.state.everywhere.roles.clear();
    const others = organization.consumers.filter((one) => one !== lost);
    const permissions = others.map(({ accountId }) => ({ UserId: accountId }));
    const cancelUnusedShares = golden.home.image('shared-with-others');
    golden.home.state.launchPermissions.set(cancelUnusedShares, permissions);
    const usedElsewhere = golden.home.image('shared-with-others-and-used');
    golden.home.state.launchPermissions.set(usedElsewhere, permissions);
    consumer(37).home.template('only-here', [usedElsewhere]);
    // An earlier run read it, and found none of these in use there.
    const objects = organization.janitor.home.state.buckets.get(BUCKET);
    const body = Buffer.from(JSON.stringify({ status: 'read', images: [], snapshots: [], copies: [] }));
    const nothing = { body, eTag: '"seeded"', lastModified: NOW, metadata: {} };
    for (const { region } of [lost.home.state, lost.away.state])
      objects?.set(`organization/last-uses/${lost.accountId}/${region}.json`, nothing);
    await prepare(organization, { eventBus: 'default' });
    const throttled = consumer(22).accountId;
    let throttles = 0;
    intercept = ({ service, accountId }) => {
      if (service !== 'ec2' || accountId !== throttled || throttles >= 5) return undefined;
      throttles += 1;
      return { kind: 'throttle' };
    };

    const ended = await machine.start(enforce);

    expect(ended.status, JSON.stringify(ended)).toBe('succeeded');
    expect(throttles).toBe(5);
    expect(failedOf('ReadAccounts')).toEqual(['ReadRegionsAgain']);
    expect(JSON.stringify(outputOf(ended)).length).toBeLessThan(2000);
    const { images } = seeded;
    expect(goldenImages().has(cancelUnusedShares)).toBe(false);
    expect(goldenImages().has(images.unshared)).toBe(false);
    for (const id of [
      usedElsewhere,
      images.current,
      images.inTemplate37,
      images.copied,
      images.outside,
      images.inUnit3,
    ])
      expect(goldenImages().has(id), id).toBe(true);
    // Shared with the account that nobody could ask.
    for (const id of images.unused) expect(goldenImages().has(id), id).toBe(true);
    expect(sandbox.calls.entries.filter(({ accountId, writes }) => accountId === lost.accountId && writes)).toEqual([]);
    const events = eventsOf(sandbox);
    const ids = (type: string, ...names: string[]) =>
      events.filter((event) => event.type === type).map(({ detail }) => names.map((name) => detail[name]).join());
    expect(ids('Action Ended', 'action', 'resourceId')).toContain(`deregister,${images.unshared}`);
    // Every account has two Regions; the one that was lost has no report.
    expect(ids('Run Ended', 'accountId', 'region')).toHaveLength(2 * (CONSUMERS + 1));
    expect(events.at(-1)).toMatchObject({
      type: 'Organization Run Ended',
      detail: { mode: 'enforce', complete: false, summary: expect.stringMatching(/^s3:.*\/summary\.html$/) },
    });
  });
});

describe('an organization in which more fails than is tolerated', () => {
  const rolesOf = (number: number) => seeded.consumer(number).home.state.everywhere.roles;
  const runs = () => {
    const keys = [...(seeded.janitor.home.state.buckets.get(BUCKET)?.keys() ?? [])];
    return new Set(keys.filter((key) => /^organization\/\d/.test(key)).map((key) => key.split('/')[1]));
  };

  it('stops before anything is decided, and a redrive reads what failed and goes on from there', {
    tags: ['long'],
    timeout: 240_000,
  }, async () => {
    await prepare(seedOrganization({ consumers: 4, unused: 2 }));
    const lost = [2, 3].map((number) => ({ number, roles: new Map(rolesOf(number)) }));
    for (const { number } of lost) rolesOf(number).clear();
    const failed = await machine.start(enforce);
    expect(failed).toMatchObject({ status: 'failed', state: 'ReadAccounts' });
    expect(failed).toHaveProperty('error', expect.stringContaining('2 of 6 items of ReadAccounts failed'));
    expect(new Set(invoked)).toEqual(new Set(['targets', 'inventory']));
    expect(sandbox.calls.writes().filter(({ operation }) => operation !== 'AssumeRole')).toEqual([]);

    for (const { number, roles } of lost) for (const [name, role] of roles) rolesOf(number).set(name, role);
    invoked.length = 0;
    const listed = sandbox.calls.count('ListAccounts');
    const redriven = await machine.redrive(failed);
    expect(redriven.status, JSON.stringify(redriven)).toBe('succeeded');
    // Their two Regions each; nobody else is read again, and the targets stay what they were.
    expect(invoked.filter((state) => state === 'inventory')).toHaveLength(4);
    expect(sandbox.calls.count('ListAccounts')).toBe(listed);
    expect(runs().size).toBe(1);
    for (const id of [...seeded.images.unused, seeded.images.unshared]) expect(goldenImages().has(id)).toBe(false);
    expect(goldenImages().has(seeded.images.inTemplate37)).toBe(true);
  });

  it('goes on with what acting left, where acting failed; what was done is not done again', LONG, async () => {
    await prepare(seedOrganization({ consumers: 2, unused: 2 }));
    // One account that fails is tolerated, however few there are.
    const without = [seeded.golden, seeded.consumer(1)].map(({ home }) => home.state.everywhere.roles);
    const role = without[0]?.get(MEMBER.actRole);
    for (const roles of without) roles.delete(MEMBER.actRole);
    const failed = await machine.start(enforce);
    expect(failed).toMatchObject({ status: 'failed', state: 'ActOnAccountsAgain' });
    expect(failedOf('ActOnAccounts')).toEqual(['ActOnRegionsAgain', 'ActOnRegionsAgain']);
    // What was done elsewhere was told and summed up all the same, before the run failed.
    expect(invoked).toEqual(expect.arrayContaining(['notify', 'summary']));
    expect(summaryNow().troubles.join()).toContain('it did not end in this run');
    expect(goldenImages().has(seeded.images.unshared)).toBe(true);

    for (const roles of without) if (role !== undefined) roles.set(MEMBER.actRole, role);
    invoked.length = 0;
    const redriven = await machine.redrive(failed);
    expect(redriven.status, JSON.stringify(redriven)).toBe('succeeded');
    expect(invoked).not.toContain('inventory');
    expect(invoked.slice(-2)).toEqual(['notify', 'summary']);
    expect(summaryNow().troubles).toEqual([]);
    expect(goldenImages().has(seeded.images.unshared)).toBe(false);
    const deregistered = sandbox.calls.entries.filter(({ operation }) => operation === 'DeregisterImage');
    expect(deregistered.length).toBe(new Set(deregistered.map(({ input }) => JSON.stringify(input))).size);
  });
});

describe('an organization in which acting comes late', () => {
  /** Before an account is acted on, so much time passes, as long as it is asked for. */
  const prepareLate = async (late: () => boolean, wish = { consumers: 2, unused: 2 }, onRead = () => {}) => {
    awsNow = () => new Date();
    await prepare(seedOrganization(wish), {
      // All have one clock here, so they work one by one.
      definition: ONE_BY_ONE,
      functions: {
        'organization-act': (input) => {
          if (late()) vi.setSystemTime(Date.now() + 20 * 60_000);
          invoked.push('act');
          return FUNCTIONS.act(input, lambdaContext());
        },
        'organization-inventory': (input) => {
          onRead();
          invoked.push('inventory');
          return FUNCTIONS.inventory(input, lambdaContext());
        },
      },
    });
  };
  const iterations = () => invoked.filter((state) => state === 'join').length;

  it('reads all accounts anew for those that wait, and acts then', { tags: ['long'], timeout: 240_000 }, async () => {
    await prepareLate(() => iterations() === 1);
    const ended = await machine.start(enforce);
    expect(ended.status, JSON.stringify(ended)).toBe('succeeded');
    expect(iterations()).toBe(2);
    expect(invoked.filter((state) => state === 'inventory')).toHaveLength(2 * 2 * 4);
    for (const id of [...seeded.images.unused, seeded.images.unshared]) expect(goldenImages().has(id)).toBe(false);
    expect(goldenImages().has(seeded.images.inTemplate37)).toBe(true);
    expect(summaryNow().troubles).toEqual([]);
    expect(JSON.stringify(outputOf(ended)).length).toBeLessThan(2000);
  });

  it(
    'fails where it was too late each time, after it told what is left: the alarm on failed runs rings',
    LONG,
    async () => {
      await prepareLate(() => true);
      const ended = await machine.start(enforce);
      expect(ended).toMatchObject({ status: 'failed', state: 'OutOfTime' });
      // The second time got nobody any further.
      expect(iterations()).toBe(2);
      expect(goldenImages().has(seeded.images.unshared)).toBe(true);
      expect(invoked.slice(-2)).toEqual(['notify', 'summary']);
      expect(summaryNow().troubles.join()).toContain('eu-west-1: other accounts were read at 2026-11-21T');
    },
  );

  it('is told and summed up where the accounts can’t be read anew, and fails', LONG, async () => {
    await prepareLate(
      () => iterations() === 1,
      { consumers: 4, unused: 2 },
      () => {
        if (iterations() === 1)
          for (const number of [1, 2]) seeded.consumer(number).home.state.everywhere.roles.clear();
      },
    );
    const ended = await machine.start(enforce);
    expect(ended).toMatchObject({ status: 'failed', state: 'NotReadAnew' });
    expect(goldenImages().has(seeded.images.unshared)).toBe(true);
    expect(invoked.slice(-2)).toEqual(['notify', 'summary']);
  });
});

describe('a golden account without Recycle Bin rules', () => {
  it('withholds every removal, and the summary says so; what can be undone goes on', LONG, async () => {
    const organization = seedOrganization({ consumers: 1, unused: 2 });
    const { golden } = organization;
    golden.home.state.recycleBin.rules.splice(0);
    const fresh = golden.home.image('fresh', { deprecatedDaysAgo: null });
    await prepare(organization);
    const ended = await machine.start(enforce);
    expect(ended.status, JSON.stringify(ended)).toBe('succeeded');
    expect(sandbox.calls.count('DeregisterImage') + sandbox.calls.count('DeleteSnapshot')).toBe(0);
    expect(goldenImages().get(fresh)).toHaveProperty('DeprecationTime');
    const { places } = summaryNow();
    const withheld = places.filter((place) => place.withheld > 0);
    expect(withheld).toEqual([{ accountId: golden.accountId, region: HOME, withheld: 4 }]);
  });
});

describe('functions whose clock is more than five minutes apart from AWS’s', () => {
  it.each(sweep([6, -6], 1))(
    'enforce nothing (%s minutes)',
    async (minutes) => {
      await prepare(seedOrganization({ consumers: 1, unused: 1 }));
      vi.setSystemTime(new Date(NOW.getTime() + minutes * 60_000));
      const ended = await machine.start(enforce);
      expect(ended).toMatchObject({ status: 'failed', state: 'ActOnAccountsAgain' });
      expect(goldenImages().has(seeded.images.unshared)).toBe(true);
      expect(sandbox.calls.writes().filter(({ operation }) => operation !== 'AssumeRole')).toEqual([]);
    },
    240_000,
  );
});

describe('whoever may start a run that enforces', () => {
  it.each([
    ['leaves out no Region, where a copy may be in use', { regions: [HOME] }, 'across accounts "regions" goes with'],
    ['brings no policy of their own', { policy: { version: 1, rules: [] } }, '"policy" goes with "mode": "dry-run"'],
  ])(
    '%s',
    async (_, event, sentence) => {
      await prepare(seedOrganization({ consumers: 1, unused: 1 }));
      const ended = await machine.start({ mode: 'enforce', ...event });
      expect(goldenImages().has(seeded.images.copied)).toBe(true);
      expect(ended).toMatchObject({ status: 'failed', state: 'ListTargets', error: expect.stringContaining(sentence) });
      expect(sandbox.calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
    },
    240_000,
  );
});

describe('whoever may write into the report bucket', () => {
  /** An object of the run, changed when a function first begins. */
  const edited = (name: string, change: (text: string) => string) => {
    const objects = seeded.janitor.home.state.buckets.get(BUCKET);
    for (const [key, object] of [...(objects ?? [])].filter(
      ([key]) => /^organization\/\d/.test(key) && key.endsWith(name),
    )) {
      const packed = key.endsWith('.gz');
      const body = Buffer.from(object.body);
      const text = change((packed ? gunzipSync(body) : body).toString());
      objects?.set(key, { ...object, body: packed ? gzipSync(text) : new TextEncoder().encode(text) });
    }
  };
  const prepareWithChange = async (state: keyof typeof FUNCTIONS, change: () => void) => {
    let isDone = false;
    await prepare(seedOrganization({ consumers: 1, unused: 2 }), {
      functions: {
        [`organization-${state}`]: (input) => {
          if (!isDone) change();
          isDone = true;
          return FUNCTIONS[state](input, lambdaContext());
        },
      },
    });
  };
  const writes = () => sandbox.calls.writes().filter(({ service }) => service === 'ec2');
  const harsher = (text: string) => text.replaceAll('30d', '1d').replace('"dry-run"', '"enforce"');

  it('makes no dry run remove anything', async () => {
    await prepareWithChange('inventory', () => {
      edited('run.json', harsher);
      edited('policy.json', harsher);
    });
    const ended = await machine.start({ mode: 'dry-run', regions: [HOME] });
    expect(writes()).toEqual([]);
    expect(ended).toMatchObject({ status: 'failed', state: 'ReadAccounts' });
  }, 240_000);

  it.each<[string, keyof typeof FUNCTIONS, string, (text: string) => string]>([
    ['the policy', 'act', '/policy.json', harsher],
    ['the list of targets', 'join', '/targets.json', (text) => text.replace(/,\s*"eu-central-1"/g, '')],
    ['what a target owns', 'join', `/owned/1/222222222222/${HOME}.txt.gz`, () => ''],
    ['what was joined', 'act', '/joined/1.json', (text) => text.replace('"unread":[]', '"unread": []')],
    ['what others use of a target', 'act', `/joined/1/222222222222/${HOME}.json`, () => '{"images":[],"snapshots":[]}'],
    ['a recording', 'act', `/inventory/222222222222/${HOME}.json.gz`, (text) => `${text} `],
  ])(
    'changes nothing by changing %s: the sentence says what was changed',
    async (_, state, name, change) => {
      await prepareWithChange(state, () => edited(name, change));
      const ended = await machine.start(enforce);
      expect(goldenImages().has(seeded.images.unshared)).toBe(true);
      expect(JSON.stringify([ended, ...(machine.maps.get('ActOnAccounts') ?? [])])).toContain(
        `${name} in the report bucket was changed since this run wrote it`,
      );
    },
    240_000,
  );
});

describe('telling owners', () => {
  it('that fails loses no summary, and fails the run all the same', async () => {
    await prepare(seedOrganization({ consumers: 1, unused: 1 }), {
      functions: { 'organization-notify': () => Promise.reject(new Error('Slack is down')) },
    });
    const ended = await machine.start({ mode: 'dry-run', regions: [HOME] });
    expect(ended).toMatchObject({ status: 'failed', state: 'NotifyAgain' });
    const keys = [...(seeded.janitor.home.state.buckets.get(BUCKET)?.keys() ?? [])];
    expect(keys.some((key) => /^organization\/\d.*\/summary\.html$/.test(key))).toBe(true);
  }, 240_000);
});

describe('a dry run', () => {
  it('writes nothing anywhere but in the report bucket', async () => {
    await prepare(seedOrganization({ consumers: 2, unused: 1 }));
    const ended = await machine.start({ mode: 'dry-run', regions: [HOME, AWAY] });
    expect(ended.status, JSON.stringify(ended)).toBe('succeeded');
    expect(sandbox.calls.writes().filter(({ operation }) => operation !== 'AssumeRole')).toEqual([]);
    expect(invoked.filter((state) => state === 'act')).toHaveLength(2 * 4);
    // docs/performance.md counts these, and a start for each account and map, which is none of its states.
    const [, own, accounts, reading, acting] =
      /\*\*(\d+) \+ (\d+) × \((\d+) \+ (\d+)\)\*\*/.exec(readFileSync('docs/performance.md', 'utf8')) ?? [];
    expect(Number(accounts)).toBe(200);
    const perAccount = (regions: number) => 3 + regions + 3 + 3 * regions;
    expect(Number(reading) - 1 + Number(acting) - 1).toBe(perAccount(5));
    expect(machine.transitions).toBe(Number(own) + 4 * perAccount(2));
  }, 240_000);
});

describe('the member template', () => {
  it('lets its acting role make every write that a run makes, and its other roles none of them', LONG, async () => {
    await prepare(seedOrganization({ consumers: 2, unused: 2 }));
    const asked: Row[] = [];
    intercept = (call) => {
      const { home, away } = seeded.golden;
      const { state } = call.region === HOME ? home : away;
      if (call.writes && /^(?:ec2|ssm)$/.test(call.service) && call.accountId === seeded.golden.accountId)
        asked.push(...askedOf(call, state));
      return undefined;
    };
    expect((await machine.start(enforce)).status).toBe('succeeded');
    const actions = new Set(asked.map(({ action }) => action));
    for (const action of [
      'ec2:DeregisterImage',
      'ec2:DeleteSnapshot',
      'ec2:CreateImageUsageReport',
      'ssm:PutParameter',
    ])
      expect(actions).toContain(action);
    const member = parseTemplate(parse(readFileSync('deploy/organization/member.yml', 'utf8')));
    const given = { JanitorAccountId: '111111111111', JanitorName: 'ami-janitor-prod', ExternalId: MEMBER.externalId };
    const answers = async (role: string) => {
      const policies = policiesOf(member, role, true, given);
      const all = asked.map(({ action, resource, context }) => evaluate(policies, action, resource, context));
      return new Set(await Promise.all(all));
    };
    expect(await answers('ActRole')).toEqual(new Set(['Allowed']));
    expect(await answers('ReadRole')).toEqual(new Set(['ExplicitlyDenied']));
    expect(await answers('TellRole')).toEqual(new Set(['ImplicitlyDenied']));
  });
});
