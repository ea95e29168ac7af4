import { rollups, sum } from 'd3-array';
import { DAY } from '../../../text/dates.ts';
import { isDue } from '../../due.ts';
import type { ReportImage } from '../../shape.ts';

/** One bar: what is kept, and what is due. */
export interface Bar {
  readonly label: string;
  readonly images: number;
  readonly keptGiB: number;
  readonly dueGiB: number;
  readonly monthlyCostUpTo: number;
}

const AGES: readonly (readonly [beforeDays: number, label: string])[] = [
  [30, '<1 mo'],
  [90, '1–3 mo'],
  [180, '3–6 mo'],
  [365, '½–1 y'],
  [730, '1–2 y'],
  [1095, '2–3 y'],
  [Number.POSITIVE_INFINITY, '>3 y'],
];

/** Storage by what an image belongs to: its group where its rule counts by group, else its rule. */
export function byFamily(images: readonly ReportImage[], most = 12): Bar[] {
  return largest(
    barsBy(images, ({ rule, group }) => group ?? rule ?? 'no rule'),
    most,
  );
}

/** Storage by owner. */
export function byOwner(images: readonly ReportImage[], most = 12): Bar[] {
  return largest(
    barsBy(images, ({ owner }) => owner ?? 'no owner'),
    most,
  );
}

/** Storage by age, youngest first; unknown ages last, where there are any. */
export function byAge(images: readonly ReportImage[], at: string): Bar[] {
  const bars = barsBy(images, ({ creationDate }) => ageOf(creationDate, at));
  const found = new Map(bars.map((bar) => [bar.label, bar]));
  const unknown = found.get('unknown');
  const empty = { images: 0, keptGiB: 0, dueGiB: 0, monthlyCostUpTo: 0 };
  return [...AGES.map(([, label]) => found.get(label) ?? { label, ...empty }), ...(unknown ? [unknown] : [])];
}

function ageOf(creationDate: string | null, at: string): string {
  if (creationDate === null) return 'unknown';
  const ageDays = (Date.parse(at) - Date.parse(creationDate)) / DAY;
  return AGES.find(([beforeDays]) => ageDays < beforeDays)?.[1] ?? 'unknown';
}

function barsBy(images: readonly ReportImage[], labelOf: (image: ReportImage) => string): Bar[] {
  const sizeIf = (group: readonly ReportImage[], isCounted: boolean) =>
    sum(group, (image) => (isSaving(image) === isCounted ? image.storageGiB : 0));
  return rollups(
    images,
    (group) => ({
      images: group.length,
      keptGiB: sizeIf(group, false),
      dueGiB: sizeIf(group, true),
      monthlyCostUpTo: sum(group, (image) => image.monthlyCostUpTo),
    }),
    labelOf,
  ).map(([label, bar]) => ({ label, ...bar }));
}

function largest(bars: readonly Bar[], most: number): Bar[] {
  const sorted = bars.toSorted((a, b) => size(b) - size(a) || (a.label < b.label ? -1 : 1));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1);
  const total = (key: Exclude<keyof Bar, 'label'>) => sum(rest, (bar) => bar[key]);
  const others = {
    label: `${rest.length} others`,
    images: total('images'),
    keptGiB: total('keptGiB'),
    dueGiB: total('dueGiB'),
    monthlyCostUpTo: total('monthlyCostUpTo'),
  };
  return [...sorted.slice(0, most - 1), others];
}

function size({ keptGiB, dueGiB }: Bar): number {
  return keptGiB + dueGiB;
}

/** Due, and known not to be shared with anybody who keeps it. */
function isSaving(image: ReportImage): boolean {
  return isDue(image) && image.unverified !== true;
}
