import { actionKey, resourceOf } from '../model/plan.ts';
import { classOf } from '../model/reasons.ts';
import type { Report, ReportAction, ReportImage, ReportReason, ReportSnapshot } from './shape.ts';

/** The images that one reason keeps, and how many of them have no other reason to stay. */
export type KeptGroup = ReturnType<typeof keptGroups>[number];

/** Why images stay, the commonest reason first. An image with several reasons stands in each. */
export function keptGroups(images: readonly ReportImage[]) {
  const groups = new Map<ReportReason['code'], { images: ReportImage[]; byThisAlone: number }>();
  for (const image of images) {
    if (image.decision !== 'keep') continue;
    const codes = new Set(image.reasons.filter((reason) => classOf(reason) !== 'due').map(({ code }) => code));
    for (const code of codes) {
      const group = groups.get(code) ?? { images: [], byThisAlone: 0 };
      group.images.push(image);
      if (codes.size === 1) group.byThisAlone += 1;
      groups.set(code, group);
    }
  }
  return [...groups]
    .map(([code, group]) => ({ code, ...group }))
    .sort((a, b) => b.images.length - a.images.length || (a.code < b.code ? -1 : 1));
}

/** The reasons for which snapshots stay or go, the commonest first; a snapshot counts by its first reason. */
export function snapshotGroups(snapshots: readonly ReportSnapshot[]) {
  const groups = Map.groupBy(snapshots, ({ decision, reasons: [first] }) => `${decision} ${first?.code}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [{ decision, reasons: [{ code } = {}] = [] } = {}] = group;
      return decision === undefined || code === undefined ? [] : [{ decision, code, count: group.length }];
    })
    .sort((a, b) => a.decision.localeCompare(b.decision, 'en') || b.count - a.count || (a.code < b.code ? -1 : 1));
}

/** Looks up what an action is about and how it ended. */
export type Lookup = ReturnType<typeof lookup>;

/** The images and snapshots that actions and outcomes are about, and how each action ended. */
export function lookup(report: Report) {
  const actions = report.passes.flatMap((pass) => pass.actions);
  const about = new Set([
    ...actions.flatMap((action) => [action.imageId, resourceOf(action)]),
    ...report.outcomes.map(({ resourceId }) => resourceId),
  ]);
  const snapshots = byId(report.snapshots, ({ snapshotId }) => snapshotId, about);
  for (const { imageId } of snapshots.values()) if (imageId !== undefined) about.add(imageId);
  const images = byId(report.images, ({ imageId }) => imageId, about);
  const outcomes = new Map(report.outcomes.map((outcome) => [actionKey(outcome), outcome]));
  return {
    image: (imageId: string) => images.get(imageId),
    snapshot: (snapshotId: string) => snapshots.get(snapshotId),
    outcome: (action: ReportAction) => outcomes.get(actionKey(action)),
  };
}

function byId<Item>(items: readonly Item[], idOf: (item: Item) => string, wanted: ReadonlySet<string>) {
  return new Map(items.filter((item) => wanted.has(idOf(item))).map((item) => [idOf(item), item]));
}
