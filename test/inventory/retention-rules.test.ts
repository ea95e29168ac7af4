import { describe, expect, it, vi } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { emptyAccount, type RetentionRule } from '../../sandbox/state.ts';
import { createClients } from '../../src/aws/clients.ts';
import { Requests } from '../../src/aws/requests.ts';
import { readRetentionRules } from '../../src/inventory/retention-rules.ts';
import { connect } from '../builders/in-process.ts';
import { open } from '../sandbox/open.ts';

const NOW = new Date('2026-11-21T02:00:00Z');

/** Reads both kinds of an account with some rules. */
async function read(rules: readonly RetentionRule[], intercept?: (call: Call) => Fault | undefined, pageSizeCap = 1) {
  const account = emptyAccount();
  account.recycleBin.rules.push(...rules);
  const { clients, calls } = connect(account, { now: () => NOW, pageSizeCap, ...(intercept && { intercept }) }, 3);
  const requests = new Requests();
  const readings = await readRetentionRules(clients, requests, ['image', 'snapshot']);
  clients.destroy();
  return { readings, calls, sent: requests.calls };
}

const RULES: readonly RetentionRule[] = [
  { resource: 'image', retentionDays: 7, excludeTags: [{ Key: 'temporary' }, { Key: 'Env', Value: 'dev' }] },
  { resource: 'image', retentionDays: 30, tags: [{ Key: 'Team', Value: 'web' }] },
  { resource: 'snapshot', retentionDays: 14, activeFrom: new Date('2026-11-21T02:10:00Z') },
];

describe('retention rules', () => {
  it('are read page by page, each with its tags, exclusions and status', async () => {
    const { readings, calls, sent } = await read(RULES);
    expect(readings.get('image')).toEqual({
      status: 'read',
      rules: [
        {
          identifier: 'rule0000000',
          kind: 'image',
          retentionDays: 7,
          status: 'available',
          tags: [],
          excludeTags: [{ key: 'temporary' }, { key: 'Env', value: 'dev' }],
        },
        {
          identifier: 'rule0000001',
          kind: 'image',
          retentionDays: 30,
          status: 'available',
          tags: [{ key: 'Team', value: 'web' }],
          excludeTags: [],
        },
      ],
    });
    expect(readings.get('snapshot')).toMatchObject({ rules: [{ retentionDays: 14, status: 'pending' }] });
    expect(calls.counts('rbin')).toEqual({ ListRules: 3, GetRule: 3 });
    expect(sent).toBe(6);
  });

  it.each(['ListRules', 'GetRule'])(
    'are unreadable without the permission for %s, which is named',
    async (operation) => {
      const { readings } = await read(RULES, (call) =>
        call.operation === operation ? { kind: 'access-denied' } : undefined,
      );
      expect(readings.get('image')).toEqual({
        status: 'unreadable',
        error: expect.stringContaining(`rbin:${operation}`),
      });
    },
  );

  it.each([
    ['throttled', 'throttle'],
    ['answered by an error of the service', 'server-error'],
    ['cut off', 'drop-before'],
  ] as const)('are asked for again where the request is %s', async (_, kind) => {
    let struck = 0;
    const { readings } = await read(RULES, ({ service }) =>
      service === 'rbin' && struck++ === 0 ? { kind } : undefined,
    );
    expect(readings.get('image')?.status).toBe('read');
    expect(readings.get('snapshot')?.status).toBe('read');
  });

  it.each(['garbage', 'empty-answer'] as const)('are unreadable where the answer is not AWS’s (%s)', async (kind) => {
    for (const operation of ['ListRules', 'GetRule']) {
      const { readings } = await read(RULES, (call) => (call.operation === operation ? { kind } : undefined));
      expect([operation, readings.get('image')?.status]).toEqual([operation, 'unreadable']);
    }
  });

  it('that go while they are read are none', async () => {
    const account = emptyAccount();
    account.recycleBin.rules.push({ resource: 'image', retentionDays: 7, identifier: 'abcdefghij1' });
    const intercept = ({ operation }: Call): Fault | undefined =>
      operation === 'GetRule' ? { before: () => void account.recycleBin.rules.splice(0) } : undefined;
    const { clients } = connect(account, { now: () => NOW, intercept }, 1);
    const readings = await readRetentionRules(clients, new Requests(), ['image']);
    expect(readings.get('image')).toEqual({ status: 'read', rules: [] });
  });

  it('are read over a socket, signed for rbin', async () => {
    const { sandbox } = await open();
    sandbox.state.recycleBin.rules.push({ resource: 'image', retentionDays: 7 });
    vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASANDBOXEXAMPLE00');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const clients = createClients('eu-west-1', { maxAttempts: 1 });
    const readings = await readRetentionRules(clients, new Requests(), ['image']);
    clients.destroy();
    vi.unstubAllEnvs();
    expect(readings.get('image')).toMatchObject({ rules: [{ retentionDays: 7 }] });
    expect(sandbox.calls.counts('rbin')).toEqual({ ListRules: 1, GetRule: 1 });
  });

  it.each([
    ['eu-west-1', 'rbin.eu-west-1.amazonaws.com'],
    ['cn-north-1', 'rbin.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'rbin.us-gov-west-1.amazonaws.com'],
  ])('of %s are asked for at %s', async (region, host) => {
    const asked: string[] = [];
    const handle = async ({ hostname }: { readonly hostname: string }) => {
      asked.push(hostname);
      return { response: { statusCode: 200, headers: {}, body: Buffer.from('{"Rules":[]}') } };
    };
    const credentials = { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' };
    const clients = createClients(region, { sending: { credentials, requestHandler: { handle } } });
    expect(await readRetentionRules(clients, new Requests(), ['image'])).toEqual(
      new Map([['image', { status: 'read', rules: [] }]]),
    );
    expect(asked).toEqual([host]);
  });
});
