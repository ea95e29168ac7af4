import { actionKey, resourceOf } from '../model/action-ref.ts';
import { classOf } from '../model/reasons.ts';
import type { Report, ReportAction, ReportImage, ReportSnapshot } from './shape.ts';
import { byText } from './to-json.ts';

/** The images that one reason keeps, and how many of them have no other reason to stay. */
export type KeptGroup = ReturnType<typeof keptGroups>[number];

/** Why images stay, the commonest reason first. An image with several reasons stands in each. */
export function keptGroups(images: readonly ReportImage[]) {
  const kept = images.flatMap((image) => {
    if (image.decision !== 'keep') return [];
    const codes = new Set(image.reasons.filter((reason) => classOf(reason) !== 'due').map(({ code }) => code));
    return [...codes].map((code) => ({ code, image, isAlone: codes.size === 1 }));
  });
  return [...Map.groupBy(kept, ({ code }) => code)]
    .map(([code, group]) => ({
      code,
      images: group.map(({ image }) => image),
      byThisAlone: group.filter(({ isAlone }) => isAlone).length,
    }))
    .sort((a, b) => b.images.length - a.images.length || byText(a.code, b.code));
}

/** The reasons for which snapshots stay or go, the commonest first. A snapshot with several reasons stands in each. */
export function snapshotGroups(snapshots: readonly ReportSnapshot[]) {
  const all = snapshots.flatMap(({ decision, reasons }) =>
    [...new Set(reasons.map(({ code }) => code))].map((code) => ({ decision, code })),
  );
  return [...Map.groupBy(all, ({ decision, code }) => `${decision} ${code}`).values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : { ...first, count: others.length + 1 }))
    .sort((a, b) => a.decision.localeCompare(b.decision, 'en') || b.count - a.count || byText(a.code, b.code));
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
    /** A snapshot, where it is one that an id names, and its image; or the image itself. */
    about: (resourceId: string) => {
      const snapshot = snapshots.get(resourceId);
      const imageId = snapshot === undefined ? resourceId : snapshot.imageId;
      return { snapshot, imageId, image: images.get(imageId ?? '') };
    },
    image: (imageId: string) => images.get(imageId),
    snapshot: (snapshotId: string) => snapshots.get(snapshotId),
    outcome: (action: ReportAction) => outcomes.get(actionKey(action)),
  };
}

function byId<Item>(items: readonly Item[], idOf: (item: Item) => string, wanted: ReadonlySet<string>) {
  return new Map(items.filter((item) => wanted.has(idOf(item))).map((item) => [idOf(item), item]));
}
