import { rollup, sum } from 'd3-array';
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

const DAY = 24 * 60 * 60 * 1000;
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
  return largest(barsBy(images, familyOf), most);
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
  const empty = { images: 0, keptGiB: 0, dueGiB: 0, monthlyCostUpTo: 0 };
  const unknown = found.get('unknown');
  return [
    ...AGES.map(([, label]) => found.get(label) ?? { label, ...empty }),
    ...(unknown === undefined ? [] : [unknown]),
  ];
}

function familyOf({ rule, group }: ReportImage): string {
  return group ?? rule ?? 'no rule';
}

function ageOf(creationDate: string | null, at: string): string {
  if (creationDate === null) return 'unknown';
  const ageDays = (Date.parse(at) - Date.parse(creationDate)) / DAY;
  return AGES.find(([beforeDays]) => ageDays < beforeDays)?.[1] ?? 'unknown';
}

function barsBy(images: readonly ReportImage[], labelOf: (image: ReportImage) => string): Bar[] {
  const bars = rollup(
    images,
    (group) => ({
      images: group.length,
      keptGiB: sum(group, (image) => (isSaving(image) ? 0 : image.storageGiB)),
      dueGiB: sum(group, (image) => (isSaving(image) ? image.storageGiB : 0)),
      monthlyCostUpTo: sum(group, (image) => image.monthlyCostUpTo),
    }),
    labelOf,
  );
  return [...bars].map(([label, bar]) => ({ label, ...bar }));
}

function largest(bars: readonly Bar[], most: number): Bar[] {
  const sorted = bars.toSorted((a, b) => size(b) - size(a) || (a.label < b.label ? -1 : 1));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1);
  const others = {
    label: `${rest.length} others`,
    images: sum(rest, ({ images }) => images),
    keptGiB: sum(rest, ({ keptGiB }) => keptGiB),
    dueGiB: sum(rest, ({ dueGiB }) => dueGiB),
    monthlyCostUpTo: sum(rest, ({ monthlyCostUpTo }) => monthlyCostUpTo),
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
