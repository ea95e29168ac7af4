import type { AccountState } from '../../sandbox/state.ts';
import { LOCK_PARAMETER } from '../../src/execute/lock.ts';
import type { CrashAccount } from './account.ts';

/** What each run writes with its own time and name. */
const OF_ITS_TIME = new Set([
  'ami-janitor:deprecated-at',
  'ami-janitor:deregister-after',
  'ami-janitor:disabled-at',
  'ami-janitor:orphaned-at',
  'ami-janitor:run',
  'ami-janitor:kept',
  'ami-janitor:deregister-run',
]);

interface Tagged {
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  readonly DeprecationTime?: string | undefined;
}

/**
 * An account's images, snapshots and Recycle Bin as text, but for times and names of runs that were not there before.
 * @param except ids of images and snapshots that are left out
 */
export function finalState(state: AccountState, before: AccountState, except: ReadonlySet<string> = new Set()): string {
  const plain = <Resource extends Tagged>(resource: Resource, original: Tagged | undefined) => {
    const was = new Map((original?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const tags = (resource.Tags ?? [])
      .map(({ Key = '', Value }) => `${Key}=${OF_ITS_TIME.has(Key) && was.get(Key) !== Value ? '*' : Value}`)
      .sort();
    const { DeprecationTime } = resource;
    const moved = DeprecationTime !== undefined && DeprecationTime !== original?.DeprecationTime;
    return { ...resource, Tags: tags, ...(moved && { DeprecationTime: '*' }) };
  };
  const sorted = <Value>(map: ReadonlyMap<string, Value>) =>
    [...map].filter(([id]) => !except.has(id)).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    {
      images: sorted(state.images).map(([id, image]) => plain(image, before.images.get(id))),
      snapshots: sorted(state.snapshots).map(([id, snapshot]) => plain(snapshot, before.snapshots.get(id))),
      launchPermissions: sorted(state.launchPermissions).filter(([, permissions]) => permissions.length > 0),
      binnedImages: sorted(state.recycleBin.images).map(([id]) => id),
      binnedSnapshots: sorted(state.recycleBin.snapshots).map(([id]) => id),
      // A lock that was not given back expires, and the next run that acts takes it over.
      parameters: [...state.parameters.keys()].filter((name) => name !== LOCK_PARAMETER).sort(),
    },
    null,
    1,
  );
}

/** Everything that must hold at any moment, whatever happened; gives what does not. */
export function brokenInvariants(
  { state, staying, held }: CrashAccount,
  before: AccountState,
  planned: ReadonlySet<string>,
): string[] {
  const broken: string[] = [];
  for (const id of staying) if (!state.images.has(id)) broken.push(`the image ${id}, which is used, is gone`);
  for (const id of held) if (!state.snapshots.has(id)) broken.push(`the snapshot ${id}, which is held, is gone`);
  for (const [id, image] of state.images) {
    for (const { Ebs } of image.BlockDeviceMappings ?? []) {
      if (Ebs?.SnapshotId !== undefined && !state.snapshots.has(Ebs.SnapshotId))
        broken.push(`the image ${id} is without its snapshot ${Ebs.SnapshotId}`);
    }
  }
  const changed = [...changes(before.images, state.images), ...changes(before.snapshots, state.snapshots)];
  for (const id of changed) if (!planned.has(id)) broken.push(`${id}, which is not in the plan, was changed`);
  return broken;
}

function changes<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)),
  );
}
