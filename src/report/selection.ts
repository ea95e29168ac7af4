import { globMatcher } from '../model/glob.ts';
import type { Report, ReportAction, ReportImage } from './shape.ts';

/** Which part of a report is asked for; owner, rule and family are globs. */
export interface Selection {
  readonly owner?: string;
  readonly rule?: string;
  /** A decision, or an action of a plan. */
  readonly action?: string;
  /** An image's group in its rule, or one part of it: `webapp` of `webapp/arm64`. */
  readonly family?: string;
}

/** True where a selection asks for a part alone. */
export function isSelective({ owner, rule, action, family }: Selection): boolean {
  return [owner, rule, action, family].some((one) => one !== undefined);
}

/**
 * The part of a report that a selection asks for: its images and what becomes of them. Totals, sources and warnings stay
 * those of the whole account. A snapshot whose image is gone has no owner, rule or family.
 */
export function selected(report: Report, selection: Selection): Report {
  if (!isSelective(selection)) return report;
  const { action, ...about } = selection;
  const isAsked = asks(about);
  const asked = report.images.filter(isAsked);
  const askedIds = new Set(asked.map(({ imageId }) => imageId));
  const knowsNone = !isSelective(about);
  const isOf = ({ imageId }: { readonly imageId?: string }) =>
    knowsNone || (imageId !== undefined && askedIds.has(imageId));
  const takes = (one: ReportAction) => (action === undefined || one.action === action) && isOf(one);
  const passes = report.passes.map(({ withheld, refused, ...pass }) => ({
    ...pass,
    actions: pass.actions.filter(takes),
    deferred: pass.deferred.filter(takes),
    ...(withheld && { withheld: withheld.filter((one) => takes(one.action)) }),
    ...(refused && { refused: refused.filter((one) => takes(one.action)) }),
  }));
  const { changes, restarted, missingImages: _, imageBuilderLeftovers: __, ...rest } = report;
  return {
    ...rest,
    passes,
    images: asked.filter(({ decision }) => action === undefined || decision === action),
    snapshots: report.snapshots.filter(isOf),
    vestigial: report.vestigial.filter(isOf),
    dangling: [],
    ...(restarted && { restarted: restarted.filter(isOf) }),
    ...(changes && {
      changes: changes.status === 'compared' ? { ...changes, images: changes.images.filter(isOf) } : changes,
    }),
  };
}

function asks({ owner, rule, family }: Selection): (image: ReportImage) => boolean {
  const matcher = (pattern: string | undefined) => (pattern === undefined ? () => true : globMatcher(pattern));
  const [isOwner, isRule, isFamily] = [matcher(owner), matcher(rule), matcher(family)];
  return (image) =>
    isOwner(image.owner ?? '') &&
    isRule(image.rule ?? '') &&
    [image.group ?? '', ...(image.group ?? '').split('/')].some(isFamily);
}
