import { type Line, lineOf } from '../model/ancestry.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import type { MissingImage, Plan } from '../model/plan.ts';
import type { RunInfo } from '../model/run.ts';
import { ownerOf } from '../model/tags.ts';
import { limitDays } from '../text/format.ts';
import { isDue } from './due.ts';
import { pricesOf } from './prices.ts';
import { reportReferences, staleReferences } from './references.ts';
import type { Report, ReportImage, ReportMissingImage, ReportSnapshot } from './shape.ts';
import { byText, toJson } from './to-json.ts';
import { type SnapshotSizes, snapshotSizes, storageOf, totalsOf } from './totals.ts';

export type { Report } from './shape.ts';

/** What a report is made from. */
export interface ReportInput {
  readonly run: RunInfo;
  readonly plan: Plan;
  /** In the order in which they came; empty for a dry run. */
  readonly outcomes: readonly Outcome[];
  /** The tag that names an image's owner: the policy's `owners.tag`. */
  readonly ownerTag: string;
}

/** The one report model. The same input gives the same report, whatever the order in which AWS listed things. */
export function buildReport({ run, plan, outcomes, ownerTag }: ReportInput): Report {
  const prices = pricesOf(plan.target.region);
  const sizes = snapshotSizes(plan, prices);
  const unverified = new Set(plan.unverified);
  const byId = new Map(plan.decisions.map(({ image }) => [image.imageId, image]));
  const images = plan.decisions.map((decision) => ({
    ...reportImage(decision, ownerTag, sizes),
    ...lineageOf(decision.image, plan, byId),
    ...(isDue(decision) && unverified.has(decision.image.imageId) && { unverified: true as const }),
  }));
  const restarted = restartedWaits(plan.decisions).sort(byImage);
  const withoutOwner = images.filter(({ owner }) => owner === null).length;
  return {
    schemaVersion: 1,
    runId: run.runId,
    mode: run.mode,
    observedAt: plan.observedAt.toISOString(),
    at: plan.at.toISOString(),
    target: toJson(plan.target),
    policy: { source: run.policy.source, sha256: run.policy.sha256 },
    complete: plan.complete,
    warnings: [...plan.warnings],
    rules: ruleHits(plan.rules, images),
    sources: plan.sources.map((source) => toJson(source)),
    totals: totalsOf(plan, outcomes, run.mode, sizes, withoutOwner),
    prices,
    passes: plan.passes.map((pass) => toJson(pass)),
    images: images.sort(byImage),
    snapshots: plan.snapshots.map(reportSnapshot).sort((a, b) => byText(a.snapshotId, b.snapshotId)),
    outcomes: outcomes.map((outcome) => toJson(outcome)),
    vestigial: staleReferences(plan.decisions, plan.at).sort(byImage),
    dangling: plan.dangling
      .map(({ missing, namedBy }) => ({ missing, namedBy: [...namedBy].sort(byText) }))
      .sort((a, b) => byText(a.missing, b.missing)),
    ...(plan.missingImages.length > 0 && { missingImages: plan.missingImages.map(reportMissing).sort(byImage) }),
    ...(plan.imageBuilderLeftovers && { imageBuilderLeftovers: plan.imageBuilderLeftovers.map((one) => toJson(one)) }),
    ...(restarted.length > 0 && { restarted }),
  };
}

function reportImage(decision: Decision, ownerTag: string, sizes: SnapshotSizes): ReportImage {
  const { image, rule, group, next } = decision;
  const snapshotIds = snapshotIdsOf(image);
  const { storageGiB, monthlyCostUpTo } = storageOf(snapshotIds, sizes);
  return {
    imageId: image.imageId,
    name: image.name,
    owner: ownerOf(image.tags, ownerTag) ?? null,
    creationDate: image.creationDate?.toISOString() ?? null,
    ...(image.lastLaunchedTime && { lastLaunchedTime: image.lastLaunchedTime.toISOString() }),
    rule: rule ?? null,
    ...(group !== undefined && { group }),
    decision: decision.decision,
    reasons: decision.reasons.map((reason) => toJson(reason)),
    references: reportReferences(decision.references),
    ...(decision.protectedAt && { protectedAt: decision.protectedAt.toISOString() }),
    ...(image.scan && toJson(image.scan)),
    snapshotIds,
    storageGiB,
    monthlyCostUpTo,
    ...(next && { next: toJson(next) }),
  };
}

/** More than any pipeline makes, and few enough that a long line is not written down once for each of its images. */
const MOST_ANCESTORS = 20;

/** What an image was copied or made from, the nearest first, as far as that is known. */
function lineageOf(image: Image, plan: Plan, own: ReadonlyMap<ImageId, Image>): Pick<ReportImage, 'lineage'> {
  const lineage = new Set<ImageId>();
  for (let one: Image | undefined = image; one && lineage.size < MOST_ANCESTORS; ) {
    const { imageIds, ancestor }: Line<Image> = lineOf(one, plan, own);
    one = ancestor && !lineage.has(ancestor.imageId) ? ancestor : undefined;
    for (const imageId of imageIds) lineage.add(imageId);
  }
  return lineage.size === 0 ? {} : { lineage: [...lineage].slice(0, MOST_ANCESTORS) };
}

function reportSnapshot({ snapshotId, imageId, decision, reasons: all }: SnapshotDecision): ReportSnapshot {
  const reasons = all.map((reason) =>
    reason.code === 'referenced'
      ? { code: reason.code, references: reportReferences(reason.references) }
      : toJson(reason),
  );
  return { snapshotId, ...(imageId !== undefined && { imageId }), decision, reasons };
}

function reportMissing({ imageId, inRecycleBin, namedBy, running }: MissingImage): ReportMissingImage {
  return { imageId, inRecycleBin: inRecycleBin ?? null, namedBy: reportReferences(namedBy), running };
}

/** How many images each rule owns, in the policy's order; those of no rule stand under null, where there are any. */
function ruleHits(rules: Plan['rules'], images: readonly ReportImage[]): NonNullable<Report['rules']> {
  const owned = Map.groupBy(images, ({ rule }) => rule);
  const hits = (rule: string | null) => {
    const own = owned.get(rule) ?? [];
    const names = own.flatMap(({ group }) => group ?? []);
    const groups = [...Map.groupBy(names, (name) => name).values()];
    const due = own.filter(isDue).length;
    const groupsOfOne = groups.filter(({ length }) => length === 1).length;
    return { rule, images: own.length, due, ...(groups.length > 0 && { groups: groups.length, groupsOfOne }) };
  };
  const steps = ({ disable, archive, deregister }: Plan['rules'][number]) => ({
    ...(disable && { disableAfterDays: limitDays(disable.after.milliseconds) }),
    ...(archive && { archiveAfterDays: limitDays(archive.after.milliseconds) }),
    ...(deregister && { deregisterAfterDays: limitDays(deregister.after.milliseconds) }),
  });
  const named = rules.map((rule) => ({ ...hits(rule.name), ...steps(rule) }));
  return owned.has(null) ? [...named, hits(null)] : named;
}

function byImage(a: { readonly imageId: string }, b: { readonly imageId: string }): number {
  return byText(a.imageId, b.imageId);
}

/** The images that were launched after their deprecation: each launch begins their waits and their notice anew. */
function restartedWaits(decisions: readonly Decision[]) {
  return decisions.flatMap(({ image: { imageId, name }, rule = null, restarted }) => {
    return restarted === undefined ? [] : [{ imageId, name, rule, ...toJson(restarted) }];
  });
}
