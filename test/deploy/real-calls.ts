import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Call } from '../../sandbox/calls.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { handler as archive } from '../../src/handlers/archive.ts';
import { handler as deleteSnapshots } from '../../src/handlers/delete-snapshots.ts';
import { handler as deprecate } from '../../src/handlers/deprecate.ts';
import { handler as deregister } from '../../src/handlers/deregister.ts';
import { handler as disable } from '../../src/handlers/disable.ts';
import { handler as protect } from '../../src/handlers/protect.ts';
import { IS_SAMPLE } from '../builders/runs.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { silenceConsole } from '../builders/silence-console.ts';
import { lambdaContext } from '../handlers/invoke.ts';
import type { Row } from './actions.ts';
import { evaluate, policiesOf } from './simulate.ts';
import { ACCOUNT, REGION, type Template } from './template.ts';

const asItIs = () => {};

const FUNCTIONS: readonly (readonly [string, typeof disable, string, (account: AccountState) => void])[] = [
  ['ProtectRole', protect, 'EnableImageDeregistrationProtection', asItIs],
  ['ProtectRole', protect, 'DisableImageDeregistrationProtection', protectUnused],
  ['DeprecateRole', deprecate, 'EnableImageDeprecation', asItIs],
  ['DeprecateRole', deprecate, 'RestoreSnapshotTier', (account) => disableAll(account, 'archive')],
  ['DisableRole', disable, 'DisableImage', asItIs],
  ['ArchiveRole', archive, 'ModifySnapshotTier', (account) => disableAll(account, 'standard')],
  ['DeregisterRole', deregister, 'DeregisterImage', asItIs],
  ['DeleteSnapshotsRole', deleteSnapshots, 'DeleteSnapshot', asItIs],
];

/** All that this tool deprecated was disabled by it, too, and each image was made from another; archived ones are kept again. */
function disableAll({ images, snapshots }: AccountState, StorageTier: 'archive' | 'standard'): void {
  const here = (Key: string) => ({ Key, Value: '2026-01-01T00:00:00.000Z' });
  const keep = StorageTier === 'archive' ? [{ Key: 'ami-janitor:keep', Value: 'true' }] : [];
  for (const [id, image] of images) {
    if (image.Tags?.some(({ Key }) => Key === 'ami-janitor:deprecated-at') !== true) continue;
    const Tags = [...image.Tags, here('ami-janitor:disabled-at'), ...keep];
    images.set(id, { ...image, State: 'disabled', SourceImageId: id.replace('ami-', 'ami-f').slice(0, 21), Tags });
    for (const { Ebs } of image.BlockDeviceMappings ?? []) {
      const snapshot = snapshots.get(Ebs?.SnapshotId ?? '');
      const tags = [...(snapshot?.Tags ?? []), ...(keep.length > 0 ? [here('ami-janitor:archived-at')] : [])];
      if (snapshot?.SnapshotId) snapshots.set(snapshot.SnapshotId, { ...snapshot, StorageTier, Tags: tags });
    }
  }
}

const PROTECTED_BY = '20260922T020000Z-1a2b3c4d';

/** All that is in no use was protected by this tool. */
function protectUnused({ images }: AccountState): void {
  for (const [id, image] of images) {
    const Tags = [...(image.Tags ?? []), { Key: 'ami-janitor:protect-run', Value: PROTECTED_BY }];
    images.set(id, { ...image, DeregistrationProtection: 'enabled-without-cooldown', Tags });
  }
}

const POLICY = {
  version: 1,
  protect: { inUse: true },
  rules: [
    {
      name: 'all',
      select: { tags: { '*': '*' } },
      keep: { youngerThan: '60d' },
      deprecate: {},
      disable: { after: '0d' },
      deregister: { after: '1d' },
    },
  ],
  orphanSnapshots: { deleteAfter: '0d' },
  limits: { perRun: IS_SAMPLE ? 5 : 20, stopAbove: '100%' },
};

/** The same, and archives where it would deregister. */
const ARCHIVES = {
  ...POLICY,
  rules: POLICY.rules.map(({ deregister: _, ...rule }) => ({ ...rule, archive: { after: '0d' } })),
};

const inputShape = z.object({
  ImageId: z.string().optional(),
  SnapshotId: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Tags: z.array(z.object({ Key: z.string() })).optional(),
  DeleteAssociatedSnapshots: z.boolean().optional(),
  Name: z.string().optional(),
});

/** What IAM would be asked for a call that writes: the resources with the tags that they carry at that moment. */
export function askedOf({ service, operation, input }: Call, state: AccountState): Row[] {
  const { ImageId, SnapshotId, Resources, Tags, DeleteAssociatedSnapshots, Name } = inputShape.parse(input);
  if (service === 'ssm')
    return [{ action: `ssm:${operation}`, resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${Name}` }];
  const tagsOf = (id: string) => (state.images.get(id) ?? state.snapshots.get(id))?.Tags ?? [];
  const row = (action: string, id: string): Row => ({
    action: `ec2:${action}`,
    resource: `arn:aws:ec2:${REGION}::${id.startsWith('ami-') ? 'image' : 'snapshot'}/${id}`,
    context: {
      ...Object.fromEntries(tagsOf(id).map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value ?? ''])),
      ...(Tags === undefined ? {} : { 'aws:TagKeys': Tags.map(({ Key }) => Key) }),
    },
  });
  const mapped = (state.images.get(ImageId ?? '')?.BlockDeviceMappings ?? []).flatMap(
    ({ Ebs }) => Ebs?.SnapshotId ?? [],
  );
  return [
    ...[...(Resources ?? []), ...[ImageId, SnapshotId].filter((id) => id !== undefined)].map((id) =>
      row(operation, id),
    ),
    ...(DeleteAssociatedSnapshots === true ? mapped.map((id) => row('DeleteSnapshot', id)) : []),
  ];
}

/** What the functions really do over the embedded account, held against the packaged roles. */
export function realCallsTests(template: () => Template): void {
  it.each(FUNCTIONS)(
    '%s allows every write that its function makes',
    async (role, handler, act, prepare) => {
      silenceConsole();
      const now = new Date();
      const account = seedAccount({ now });
      prepare(account);
      const asked: Row[] = [];
      const intercept = (call: Call) => {
        if (call.writes && call.service !== 's3') asked.push(...askedOf(call, account));
        return undefined;
      };
      const variables = {
        ...storePolicy(account, JSON.stringify(prepare === asItIs ? POLICY : ARCHIVES)),
        JANITOR_ENFORCE: 'true',
      };
      const sandbox = await serve({ account, now: () => new Date(), intercept }, variables);
      bearOut(account.buckets, 'ami-janitor-reports', account);
      await handler({ mode: 'enforce' }, lambdaContext()).finally(() => sandbox.close());
      vi.unstubAllEnvs();

      expect(asked.map(({ action }) => action)).toContain(`ec2:${act}`);
      const policies = policiesOf(template(), role, true);
      const refused: Row[] = [];
      for (const row of asked) {
        if ((await evaluate(policies, row.action, row.resource, row.context)) !== 'Allowed') refused.push(row);
      }
      expect(refused).toEqual([]);
    },
    60_000,
  );
}
