import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { DanglingReference, Reference, References, SourceReading } from '../model/reference.ts';
import type { Finding } from './finder.ts';

/** Collects what finders find: by image, by snapshot, and what leads nowhere. */
export class ReferenceIndex {
  readonly #images = new Map<ImageId, Map<string, Reference>>();
  readonly #snapshots = new Map<SnapshotId, Map<string, Reference>>();
  readonly #dangling: DanglingReference[] = [];
  readonly #unmatched: string[] = [];

  /** Takes a finding in; mentions are left to the finder that follows them. */
  add(finding: Finding): void {
    if (finding.finds === 'image') append(this.#images, finding.imageId, finding.reference);
    if (finding.finds === 'snapshot') append(this.#snapshots, finding.snapshotId, finding.reference);
    if (finding.finds === 'unmatched') this.#unmatched.push(finding.pattern);
    if (finding.finds === 'dangling') this.#dangling.push({ missing: finding.missing, namedBy: finding.namedBy });
  }

  references(sources: readonly SourceReading[]): References {
    return {
      images: listed(this.#images),
      snapshots: listed(this.#snapshots),
      dangling: this.#dangling,
      sources,
      ...(this.#unmatched.length > 0 && { unmatched: this.#unmatched }),
    };
  }
}

/** One entry for each place that refers, however often a source tells of it; whoever names it stays named. */
function append<Key>(map: Map<Key, Map<string, Reference>>, key: Key, reference: Reference): void {
  const place = JSON.stringify([reference.kind, reference.resource, reference.detail]);
  const places = map.get(key);
  if (places === undefined) map.set(key, new Map([[place, reference]]));
  else places.set(place, merged(places.get(place), reference));
}

function merged(known: Reference | undefined, again: Reference): Reference {
  if (known === undefined) return again;
  return { ...known, namedBy: [...new Set([...known.namedBy, ...again.namedBy])] };
}

function listed<Key>(map: ReadonlyMap<Key, ReadonlyMap<string, Reference>>): Map<Key, Reference[]> {
  return new Map([...map].map(([key, places]) => [key, [...places.values()]]));
}
