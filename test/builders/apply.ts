import type { Account } from '../../src/model/account.ts';
import type { Image, Tags } from '../../src/model/image.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

/** The account after every action of a plan was done as it should be, at the plan's time. */
export function afterwards(account: Account, plan: Plan): Account {
  const actions = plan.passes.flatMap((pass) => pass.actions);
  const onImages = new Map(actions.flatMap((one) => ('snapshotId' in one ? [] : [[one.imageId, one] as const])));
  const onSnapshots = new Map(actions.flatMap((one) => ('snapshotId' in one ? [[one.snapshotId, one] as const] : [])));
  const taken = new Set(actions.flatMap((one) => (one.action === 'deregister' ? one.deleteSnapshots : [])));
  return {
    ...account,
    images: account.images.flatMap((image) => changedImage(image, onImages.get(image.imageId), plan.at)),
    snapshots: account.snapshots
      .filter(({ snapshotId }) => !taken.has(snapshotId))
      .flatMap((snapshot) => changedSnapshot(snapshot, onSnapshots.get(snapshot.snapshotId), plan.at)),
  };
}

function changedImage(image: Image, action: Action | undefined, at: Date): Image[] {
  switch (action?.action) {
    case 'deregister':
      return [];
    case 'disable':
      return [{ ...image, state: 'disabled', tags: { ...image.tags, 'ami-janitor:disabled-at': at.toISOString() } }];
    case 'deprecate': {
      const tags: Tags = {
        ...image.tags,
        'ami-janitor:deprecated-at': at.toISOString(),
        ...(action.deregisterAfter && { 'ami-janitor:deregister-after': action.deregisterAfter.toISOString() }),
      };
      return [{ ...image, tags, ...(!action.alreadyDeprecated && { deprecationTime: at }) }];
    }
    case 'reinstate': {
      const { deprecationTime, ...rest } = image;
      const tags = Object.entries(image.tags).filter(([key]) => !/^ami-janitor:(?!keep$)/.test(key));
      return [
        {
          ...rest,
          ...(deprecationTime && !action.liftDeprecation && { deprecationTime }),
          state: action.enable ? 'available' : image.state,
          tags: Object.fromEntries(tags),
        },
      ];
    }
    default:
      return [image];
  }
}

function changedSnapshot(snapshot: Snapshot, action: Action | undefined, at: Date): Snapshot[] {
  if (action?.action === 'delete-snapshot') return [];
  if (action?.action !== 'mark-orphan') return [snapshot];
  const tags = { ...snapshot.tags, 'ami-janitor:image': action.imageId, 'ami-janitor:orphaned-at': at.toISOString() };
  return [{ ...snapshot, tags }];
}
