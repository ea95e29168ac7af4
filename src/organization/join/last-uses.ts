import { outgoingReferencesSchema } from '../read/outgoing-references.ts';
import {
  lastUsesName,
  OBJECT,
  ORGANIZATION_PREFIX,
  type RegionTarget,
  regionTargetName,
  regionTargetOf,
} from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { forEachTarget } from '../targets/targets.ts';
import type { Join } from './join.ts';

/**
 * Adds what the unread targets used when they were last read, and what they may use since: any copy in their Region. Copies lead from there to what they were copied from,
 * whoever owns them.
 * @param errors why each unread target is, by its name
 * @returns the unread targets of which no earlier reading is left, or none that this version can read
 */
export async function addLastUses(
  store: Store,
  targets: readonly RegionTarget[],
  iteration: number,
  errors: ReadonlyMap<string, string>,
  join: Join,
): Promise<string[]> {
  const kept = store.at(ORGANIZATION_PREFIX);
  const never = await forEachTarget(targets, async (target) => {
    const uses = await store.readJson(OBJECT.uses(target, iteration), outgoingReferencesSchema);
    const { copies = [] } = uses === undefined || uses.status === 'skipped' ? {} : uses;
    const unused = copies.map(({ usedBy: _, ...copy }) => copy);
    join.addUses(target, { status: 'read', images: [], snapshots: [], copies: unused });
    const name = regionTargetName(target);
    if (!errors.has(name)) return [];
    join.addUnread(target);
    const last = await kept.readJson(lastUsesName(target), outgoingReferencesSchema).catch(() => undefined);
    if (last?.status !== 'read') return [name];
    join.addUses(target, { ...last, status: 'unreadable', error: '' });
    return [];
  });
  return never.flat();
}

/** The account of an unread target, and why it is unread. */
export function whyUnread(name: string, errors: ReadonlyMap<string, string>): [string, string] {
  const { accountId, region } = regionTargetOf(name);
  return [accountId, `${region}: ${errors.get(name) ?? ''}`];
}
