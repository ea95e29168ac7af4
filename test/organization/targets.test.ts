import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import type { TargetSettings } from '../../src/model/policy.ts';
import { Store } from '../../src/organization/store.ts';
import { listTargets, makeTargets } from '../../src/organization/targets/list-targets.ts';
import { partitionOf } from '../../src/organization/targets/member.ts';
import { targetRows } from '../../src/organization/targets/targets.ts';
import { GOLDEN_ID, HOME, type SeededOrganization, SUSPENDED_ID, seedOrganization } from '../builders/organization.ts';
import { serve } from '../builders/serve.ts';
import { NOW } from '../scenarios/account.ts';
import { BUCKET } from './running.ts';

let seeded: SeededOrganization;
let sandbox: Sandbox;
let home: Clients;
let store: Store;

beforeEach(async () => {
  seeded = seedOrganization({ consumers: 40 });
  sandbox = await serve({ ...seeded.sandbox, now: () => NOW });
  home = createClients(HOME);
  store = new Store(home.s3, BUCKET, 'organization/run/');
});

afterEach(async () => {
  home.destroy();
  await sandbox.close();
  vi.unstubAllEnvs();
});

function list(settings: Partial<TargetSettings> | undefined, regions?: readonly string[]) {
  const given = settings && { accounts: [], organizationalUnits: [], except: [], ...settings };
  return listTargets({ store, home, settings: given, regions, ownAccountId: janitorId() });
}

const janitorId = () => seeded.janitor.accountId;
const ids = ({ rows }: Awaited<ReturnType<typeof list>>) => rows.map(({ accountId }) => accountId);

describe('targets are', () => {
  it('this account in its own Region where the policy has none', async () => {
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await list(undefined)).toEqual({ rows: [{ accountId: janitorId(), regions: [HOME] }], skipped: [], sha256 });
    expect(sandbox.calls.entries.filter(({ service }) => service === 'organizations')).toEqual([]);
  });

  it('the accounts that the policy names, without asking AWS Organizations', async () => {
    const { rows } = await list({ accounts: [GOLDEN_ID, janitorId()], regions: [HOME, 'us-east-1'] });
    expect(rows).toEqual([
      { accountId: janitorId(), regions: [HOME, 'us-east-1'] },
      { accountId: GOLDEN_ID, regions: [HOME, 'us-east-1'] },
    ]);
    expect(sandbox.calls.entries.filter(({ service }) => service === 'organizations')).toEqual([]);
  });

  it('every account below a unit, through every page and however deep', async () => {
    const found = await list({ organizationalUnits: [seeded.units.workloads] });
    expect(ids(found)).toEqual(seeded.consumers.map(({ accountId }) => accountId));
    expect(found.rows[0]).toMatchObject({ name: 'consumer-1' });
    // The second unit names the accounts of the first once more.
    const again = await list({ organizationalUnits: [seeded.units.workloads, seeded.units.prod] });
    expect(ids(again)).toEqual(ids(found));
  });

  it('every account of a root', async () => {
    const { rootId } = seeded.organization;
    expect(ids(await list({ organizationalUnits: [rootId] }))).toEqual([
      seeded.organization.managementAccountId,
      janitorId(),
      GOLDEN_ID,
      ...seeded.consumers.map(({ accountId }) => accountId),
    ]);
  });

  it('not those that are suspended, excluded or named twice; and the run says so', async () => {
    const { skipped, rows } = await list({
      accounts: [GOLDEN_ID, GOLDEN_ID],
      organizationalUnits: [seeded.units.test],
      except: [seeded.consumer(30).accountId],
    });
    expect(rows).toHaveLength(20);
    expect(skipped).toEqual([
      { accountId: GOLDEN_ID, reason: 'named 2 times; it is read once' },
      { accountId: SUSPENDED_ID, reason: 'AWS Organizations says that it is SUSPENDED' },
      { accountId: seeded.consumer(30).accountId, reason: 'the policy leaves it out (targets.except)' },
    ]);
    expect(JSON.parse((await store.readText('skipped.json')) ?? '')).toEqual(skipped);
  });

  it('in the Regions that the event names, before those of the policy', async () => {
    const { rows } = await list({ accounts: [GOLDEN_ID], regions: [HOME] }, ['us-east-1', 'us-east-1']);
    expect(rows[0]?.regions).toEqual(['us-east-1']);
  });

  it('in every Region that there is, where the policy says enabled: each account says which it has', async () => {
    const { rows } = await list({ accounts: [GOLDEN_ID], regions: 'enabled' });
    expect(rows[0]?.regions).toEqual(expect.arrayContaining([HOME, 'us-east-1', 'af-south-1']));
  });

  it('unknown where AWS Organizations does not answer: the run does not begin', async () => {
    seeded.organization.delegatedAdministrators.clear();
    await expect(list({ organizationalUnits: [seeded.units.prod] })).rejects.toThrow(
      /could not be listed: access denied .*delegated administrator/,
    );
    expect(await store.readText('targets.json')).toBeUndefined();
  });
});

it('five thousand accounts make one manifest, and nothing that grows besides', async () => {
  const { rootId, accounts } = seeded.organization;
  for (let number = 0; number < 5000; number += 1) {
    const accountId = String(600_000_000_000 + number);
    const name = `team-${number}`;
    accounts.set(accountId, { name, email: `${name}@example.com`, state: 'ACTIVE', parentId: rootId, joined: NOW });
  }
  const { rows } = await list({ organizationalUnits: [rootId], regions: ['eu-west-1', 'us-east-1'] });
  expect(rows).toHaveLength(5043);
  expect(await store.readJson('targets.json', targetRows)).toEqual(rows);
  const calls = sandbox.calls.entries.filter(({ service }) => service === 'organizations');
  expect(calls.length).toBeLessThan(260);
});

it('an account that the policy names and AWS Organizations calls suspended is none', () => {
  const { rows, skipped } = makeTargets({
    accounts: [{ accountId: '1' }, { accountId: '1', name: 'one', state: 'SUSPENDED' }],
    except: [],
    regions: ['eu-west-1', 'eu-west-1'],
  });
  expect(rows).toEqual([]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    'AWS Organizations says that it is SUSPENDED',
    'named 2 times; it is read once',
  ]);
});

it.each([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eu-isoe-west-1', 'aws-iso-e'],
])('roles in %s are of the partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});
