import type { Account } from '../../src/model/account.ts';
import type { ImageId, SnapshotId } from '../../src/model/ids.ts';
import type { Image, Snapshot, Tags } from '../../src/model/image.ts';
import type { ImageRecord, JournalReading, SnapshotRecord } from '../../src/model/journal.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import { RUN_ID } from './records.ts';

type ActionOf<Kind extends Action['action']> = Extract<Action, { action: Kind }>;

/** The account after every action of a plan was done as it should be, at the plan's time, and written down. */
export function afterwards(account: Account, plan: Plan): Account {
  return plan.passes.flatMap((pass) => pass.actions).reduce((now, action) => afterAction(now, action, plan), account);
}

function afterAction(account: Account, action: Action, plan: Plan): Account {
  const { at } = plan;
  const act = { at, runId: RUN_ID };
  switch (action.action) {
    case 'protect':
      return record(
        changeImage(account, action.imageId, (image) => ({
          ...image,
          deregistrationProtection: 'enabled-without-cooldown',
          tags: { ...image.tags, 'ami-janitor:protect-run': RUN_ID },
        })),
        action.imageId,
        { protected: { ...act, state: 'on' } },
      );
    case 'unprotect':
      return unprotected(account, action.imageId);
    case 'deprecate': {
      const tags = {
        'ami-janitor:deprecated-at': at.toISOString(),
        ...(action.deregisterAfter && { 'ami-janitor:deregister-after': action.deregisterAfter.toISOString() }),
      };
      const changed = changeImage(account, action.imageId, (image) => ({
        ...image,
        tags: { ...image.tags, ...tags },
        ...(!action.alreadyDeprecated && { deprecationTime: at }),
      }));
      return record(changed, action.imageId, { deprecated: act });
    }
    case 'disable':
      return disabled(account, action.imageId, at);
    case 'archive':
      return archived(account, action, at);
    case 'reinstate':
      return reinstated(account, action);
    case 'deregister':
      return deregistered(account, action, plan);
    case 'mark-orphan': {
      const tags = { 'ami-janitor:image': action.imageId, 'ami-janitor:orphaned-at': at.toISOString() };
      const orphaned = { ...act, imageId: action.imageId };
      return recordSnapshot(tagSnapshots(account, [action.snapshotId], tags), action.snapshotId, { orphaned });
    }
    case 'delete-snapshot':
      return deleted(account, [action.snapshotId], action.imageId, at);
  }
}

function unprotected(account: Account, imageId: ImageId): Account {
  const changed = changeImage(account, imageId, ({ tags, ...image }) => {
    const { 'ami-janitor:protect-run': _, ...others } = tags;
    return { ...image, deregistrationProtection: 'disabled', tags: others };
  });
  return withJournal(changed, (journal) => {
    const { protected: _, ...others } = journal.images.get(imageId) ?? {};
    return { ...journal, images: new Map([...journal.images, [imageId, others]]) };
  });
}

function disabled(account: Account, imageId: ImageId, at: Date): Account {
  const sharing = account.sharing.get(imageId);
  const launchPermissions = sharing?.status === 'read' ? [...sharing.accounts, ...sharing.organizations] : [];
  const tags = {
    'ami-janitor:disabled-at': at.toISOString(),
    ...(launchPermissions.length > 0 && { 'ami-janitor:launch-permissions': launchPermissions.join(',') }),
  };
  const changed = changeImage(account, imageId, (image) => ({
    ...image,
    state: 'disabled',
    tags: { ...image.tags, ...tags },
  }));
  return record(changed, imageId, { disabled: { at, runId: RUN_ID, launchPermissions } });
}

/** EC2 has begun to move them, and is not done for hours. */
function archived(account: Account, { archiveSnapshots, imageId }: ActionOf<'archive'>, at: Date): Account {
  const tags = { 'ami-janitor:archived-at': at.toISOString() };
  const began = { status: 'read', operation: 'archival-in-progress', startedAt: at } as const;
  const tierings = new Map([...account.tierings, ...archiveSnapshots.map((id) => [id, began] as const)]);
  return archiveSnapshots.reduce<Account>(
    (now, id) => recordSnapshot(now, id, { archived: { at, runId: RUN_ID, imageId } }),
    { ...tagSnapshots(account, archiveSnapshots, tags), tierings },
  );
}

function reinstated(account: Account, action: ActionOf<'reinstate'>): Account {
  const changed = changeImage(account, action.imageId, ({ deprecationTime, ...image }) => ({
    ...image,
    ...(deprecationTime && !action.liftDeprecation && { deprecationTime }),
    state: action.enable ? 'available' : image.state,
    tags: withoutMarks(image.tags),
  }));
  const unmarked = new Set(action.unmarkSnapshots);
  const snapshots = changed.snapshots.map((one) =>
    unmarked.has(one.snapshotId) || action.unmarkKept?.includes(one.snapshotId)
      ? { ...one, tags: withoutMarks(one.tags) }
      : one,
  );
  const { journal } = account;
  if (journal.status !== 'read') return { ...changed, snapshots };
  const own = journal.images.get(action.imageId)?.protected;
  const images = new Map([...journal.images, [action.imageId, own ? { protected: own } : {}]]);
  const records = new Map([...journal.snapshots].filter(([id]) => !unmarked.has(id)));
  return { ...changed, snapshots, journal: { status: 'read', images, snapshots: records } };
}

function deregistered(account: Account, action: ActionOf<'deregister'>, plan: Plan): Account {
  const { imageId, deleteSnapshots, markKept = [] } = action;
  const kept = new Set(markKept);
  const held = plan.snapshots
    .filter(
      (one) => one.imageId === imageId && one.decision === 'keep' && action.keepSnapshots.includes(one.snapshotId),
    )
    .filter(({ reasons }) =>
      reasons.every(({ code }) => /^(locked|shared|fast-snapshot-restore|referenced)$/.test(code)),
    )
    .map(({ snapshotId }) => snapshotId);
  let now: Account = { ...account, images: account.images.filter((image) => image.imageId !== imageId) };
  now = record(now, imageId, { removing: { at: plan.at, runId: RUN_ID } });
  now = tagSnapshots(now, [...kept], { 'ami-janitor:kept': RUN_ID });
  now = tagSnapshots(now, held, { 'ami-janitor:image': imageId, 'ami-janitor:run': RUN_ID });
  for (const snapshotId of held) {
    now = recordSnapshot(now, snapshotId, { claimed: { at: plan.at, runId: RUN_ID, imageId, state: 'held' } });
  }
  return deleted(now, deleteSnapshots, imageId, plan.at);
}

function deleted(account: Account, ids: readonly SnapshotId[], imageId: ImageId, at: Date): Account {
  const gone = new Set(ids);
  const snapshots = account.snapshots.filter(({ snapshotId }) => !gone.has(snapshotId));
  return ids.reduce<Account>(
    (now, id) => recordSnapshot(now, id, { claimed: { at, runId: RUN_ID, imageId, state: 'deleted' } }),
    { ...account, snapshots },
  );
}

function withoutMarks(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^ami-janitor:(?!keep$|protect-run$)/.test(key)));
}

/** The account with one image changed. */
export function changeImage(account: Account, imageId: ImageId, change: (image: Image) => Image): Account {
  return { ...account, images: account.images.map((image) => (image.imageId === imageId ? change(image) : image)) };
}

/** The account with some tags more on snapshots. */
function tagSnapshots(account: Account, ids: readonly SnapshotId[], tags: Tags): Account {
  const tag = (one: Snapshot): Snapshot =>
    ids.includes(one.snapshotId) ? { ...one, tags: { ...one.tags, ...tags } } : one;
  return ids.length === 0 ? account : { ...account, snapshots: account.snapshots.map(tag) };
}

/** The account with facts of an image written down, where a journal is kept. */
export function record(account: Account, imageId: ImageId, facts: ImageRecord): Account {
  return withJournal(account, (journal) => ({
    ...journal,
    images: new Map([...journal.images, [imageId, { ...journal.images.get(imageId), ...facts }]]),
  }));
}

function recordSnapshot(account: Account, snapshotId: SnapshotId, facts: SnapshotRecord): Account {
  return withJournal(account, (journal) => ({
    ...journal,
    snapshots: new Map([...journal.snapshots, [snapshotId, { ...journal.snapshots.get(snapshotId), ...facts }]]),
  }));
}

function withJournal(
  account: Account,
  change: (journal: Extract<JournalReading, { status: 'read' }>) => JournalReading,
): Account {
  return account.journal.status === 'read' ? { ...account, journal: change(account.journal) } : account;
}
