import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { vi } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { newOrganization } from '../../sandbox/organizations/state.ts';
import { limitOf } from '../../sandbox/request-buckets.ts';
import { createClients } from '../../src/aws/clients.ts';
import { handler as act } from '../../src/handlers/organization/act.ts';
import { handler as inventory } from '../../src/handlers/organization/inventory.ts';
import { handler as join } from '../../src/handlers/organization/join.ts';
import { handler as notify } from '../../src/handlers/organization/notify.ts';
import { handler as summary } from '../../src/handlers/organization/summary.ts';
import { handler as targets } from '../../src/handlers/organization/targets.ts';
import { HOME, MEMBER } from '../builders/organization.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { lambdaContext } from '../handlers/invoke.ts';
import { NOW } from '../scenarios/account.ts';
import { policyOf, type Scale, seed } from './at-scale-seed.ts';
import { type Asked, busiest } from './bucket-use.ts';
import { readDefinition } from './definition.ts';
import { type Ended, type LocalFunction, LocalStateMachine } from './local-state-machine.ts';
import { BUCKET } from './running.ts';
import { VirtualTime } from './virtual-time.ts';

/** What a run came to, on the virtual clock. */
export interface ScaleResult {
  readonly ended: Ended;
  readonly wallSeconds: number;
  readonly iterations: number;
  /** By state. */
  readonly invocations: Readonly<
    Record<string, { readonly count: number; readonly seconds: number; readonly longest: number }>
  >;
  /** Of this process, the endpoint's included. */
  readonly cpuSeconds: number;
  readonly transitions: number;
  readonly calls: Readonly<Record<string, number>>;
  /** The most that any account and Region was asked, beside what AWS gives back a second. */
  readonly busiest: readonly {
    readonly bucket: string;
    readonly most: number;
    readonly perSecond: number;
    readonly short: number;
  }[];
  readonly due: number;
  readonly left: number;
  /** The oldest that the reading of the other accounts was when something was removed, in minutes. */
  readonly oldestMinutes: number;
}

/** What a call takes, in milliseconds. */
const LATENCY: Readonly<Record<string, number>> = { s3: 30, sts: 60, ssm: 50 };
const LATENCY_READ = 150;
const LATENCY_WRITE = 300;
/** Between two states, and until a function begins. */
const BETWEEN_MILLISECONDS = 200;
const FUNCTIONS = { targets, inventory, join, act, notify, summary };
const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:ami-janitor-prod-organization:1';

/** Runs the deployment's own definition with the real functions over an organization, on a clock that waits for nobody. */
export async function runAtScale(scale: Scale): Promise<ScaleResult> {
  const time = new VirtualTime(NOW);
  vi.spyOn(performance, 'now').mockImplementation(() => time.now);
  vi.spyOn(timers, 'setTimeout').mockImplementation(async (milliseconds = 0, value) => {
    await time.wait(milliseconds);
    return value;
  });
  syncBuiltinESMExports();
  const { states, due } = seed(scale);
  const [first, ...others] = states;
  if (first === undefined) throw new Error('there is no account');
  const calls: Record<string, number> = {};
  const asked = new Map<string, Asked>();
  const ages: number[] = [];
  const intercept = (call: Call) => {
    const name = `${call.service} ${call.operation}`;
    calls[name] = (calls[name] ?? 0) + 1;
    const found = limitOf(call);
    if (found !== undefined) {
      const known: Asked = asked.get(found.bucket) ?? { limit: found.limit, at: [] };
      known.at.push(time.now);
      asked.set(found.bucket, known);
    }
    if (call.operation === 'DeregisterImage') ages.push(time.now);
    const latency = LATENCY[call.service] ?? (call.writes ? LATENCY_WRITE : LATENCY_READ);
    return { before: () => time.wait(latency) };
  };
  const sandbox = await serve(
    {
      account: first,
      otherAccounts: others,
      organization: newOrganization('100000000000', NOW),
      now: () => new Date(time.now),
      intercept,
    },
    {
      ...storePolicy(first, policyOf(scale), NOW),
      JANITOR_ENFORCE: 'true',
      MEMBER_EXTERNAL_ID: MEMBER.externalId,
    },
  );
  const cpu = process.cpuUsage();
  const slots = Array.from({ length: scale.accountsAtATime * scale.regionsAtATime }, () => time.now);
  const invocations: Record<string, { count: number; seconds: number; longest: number }> = {};
  let before: Promise<unknown> = Promise.resolve();
  const functions = Object.entries(FUNCTIONS).map(([state, handler]): [string, LocalFunction] => [
    `organization-${state}`,
    (input) => {
      const ended = before.then(async () => {
        // Maps work in parallel; what stands between them waits for all.
        if (state !== 'inventory' && state !== 'act') slots.fill(Math.max(...slots));
        const slot = slots.indexOf(Math.min(...slots));
        const start = (slots[slot] ?? 0) + BETWEEN_MILLISECONDS;
        time.set(start);
        try {
          return await handler(input, lambdaContext());
        } finally {
          const seconds = (time.now - start) / 1000;
          const known = invocations[state] ?? { count: 0, seconds: 0, longest: 0 };
          const longest = Math.max(known.longest, seconds);
          invocations[state] = { count: known.count + 1, seconds: known.seconds + seconds, longest };
          if (state !== 'inventory' && state !== 'act') slots.fill(time.now);
          else slots[slot] = time.now;
          sandbox.calls.clear();
        }
      });
      before = ended.catch(() => undefined);
      return ended;
    },
  ]);
  const machine = new LocalStateMachine(
    readDefinition({
      organizationAccountsAtATime: String(scale.accountsAtATime),
      organizationRegionsAtATime: String(scale.regionsAtATime),
    }),
    {
      s3: createClients(HOME).s3,
      functions: Object.fromEntries(functions),
      execution: { Id: EXECUTION, StartTime: NOW.toISOString() },
    },
  );
  try {
    const ended = await machine.start({ mode: 'enforce' });
    const left = due.filter(({ state, id }) => state.images.has(id)).length;
    const readings = oldestReadings(first.buckets.get(BUCKET) ?? new Map());
    const { user, system } = process.cpuUsage(cpu);
    return {
      ended,
      cpuSeconds: (user + system) / 1e6,
      wallSeconds: (Math.max(...slots) - NOW.getTime()) / 1000,
      iterations: invocations.join?.count ?? 0,
      invocations,
      transitions: machine.transitions,
      calls,
      busiest: busiest(asked),
      due: due.length,
      left,
      oldestMinutes: Math.max(0, ...ages.map((at) => at - Math.max(...readings.filter((read) => read <= at)))) / 60_000,
    };
  } finally {
    await sandbox.close();
  }
}

/** When the readings began that were joined. */
function oldestReadings(objects: ReadonlyMap<string, { readonly body: Uint8Array }>): number[] {
  return [...objects].flatMap(([key, { body }]) =>
    /\/joined\/\d+\.json$/.test(key) ? [Date.parse(JSON.parse(Buffer.from(body).toString()).oldest)] : [],
  );
}
