import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readOffer } from '../aws/offered-services.ts';
import { Requests } from '../aws/requests.ts';
import type { Reference, References, SourceReading } from '../model/reference.ts';
import type { ReferenceSettings } from '../model/reference-settings.ts';
import { type Followed, SOURCE_OF, type SourceName } from '../model/sources.ts';
import type { Finder, FinderContext, Finding, Mention } from './finder.ts';

/** Hears of the reading as it goes on. */
export interface GatherObserver {
  readonly onCall?: (source: string) => void;
  readonly onSource: (reading: SourceReading) => void;
}

/**
 * Asks every finder, side by side, and brings what they found into one index. A finder that throws makes its
 * source unreadable and stops no other; this function itself does not throw.
 */
export async function gatherReferences(
  finders: readonly Finder[],
  clients: Clients,
  settings: ReferenceSettings,
  observer: GatherObserver,
): Promise<References> {
  const found = new Map<SourceName, Finding[]>(finders.map(({ source }) => [source, []]));

  const mentions: FinderContext['mentions'] = async <Kind extends Followed>(
    kind: Kind,
    isAskedFor: (source: SourceName) => boolean = () => true,
  ) => {
    const sources = [...readings.keys()].filter((source) => namesOf(source).includes(kind) && isAskedFor(source));
    await Promise.all(sources.map((source) => readings.get(source)));
    return sources
      .flatMap((source) => found.get(source) ?? [])
      .filter((finding): finding is Mention<Kind> => finding.finds === kind);
  };

  const read = async ({ source, find }: Finder): Promise<SourceReading> => {
    const off = { name: source, status: 'off', references: 0, calls: 0 } as const;
    if (settings.off.includes(source)) return off;
    if (SOURCE_OF.get(source)?.isOnlyByName === true && (settings.byName[source] ?? []).length === 0)
      return { ...off, reason: 'references.byName of the policy names nothing of it' };
    const requests = new Requests(() => observer.onCall?.(source));
    const findings = found.get(source) ?? [];
    const references = () => findings.filter(({ finds }) => finds === 'image' || finds === 'snapshot').length;
    try {
      for await (const finding of find({ clients, requests, settings, mentions })) {
        findings.push(finding);
        if (isFollowed(finding) && !namesOf(source).includes(finding.finds))
          throw new Error(`the source ${source} is not declared to name a ${finding.finds}`);
      }
      return { name: source, status: 'read', references: references(), calls: requests.calls, read: requests.items };
    } catch (error) {
      const service = SOURCE_OF.get(source)?.service;
      // That its endpoint is not found alone is no proof that a service is not there.
      const isInDoubt = findings.length === 0 && failureOf(error).code === 'ENOTFOUND';
      const offer = service !== undefined && isInDoubt ? await readOffer(clients, requests, service) : undefined;
      const calls = requests.calls;
      if (offer?.isAbsent === true) return { ...off, calls, reason: offer.why };
      const why = [whyUnreadable(source, error), offer?.why].filter((part) => part !== undefined).join('; ');
      return { name: source, status: 'unreadable', references: references(), calls, error: why };
    }
  };

  const tell = (reading: SourceReading) => {
    observer.onSource(reading);
    return reading;
  };

  // No finder begins before `readings` holds every source: one may wait for another at once.
  const readings = new Map(finders.map((finder) => [finder.source, Promise.resolve(finder).then(read).then(tell)]));
  const sources = await Promise.all(readings.values());
  return referencesOf([...found.values()].flat(), sources);
}

function namesOf(source: SourceName): readonly Followed[] {
  return SOURCE_OF.get(source)?.names ?? [];
}

function isFollowed(finding: Finding): finding is Mention<Followed> {
  return !['image', 'snapshot', 'unmatched', 'dangling'].includes(finding.finds);
}

/** Not every service says which permission is missing; the source declares which ones it needs. */
function whyUnreadable(source: SourceName, error: unknown): string {
  const { kind, permission, sentence } = failureOf(error);
  return kind === 'denied' && permission === undefined
    ? `${sentence}; this source needs ${SOURCE_OF.get(source)?.permissions.join(', ')}`
    : sentence;
}

/** What was found, by image and by snapshot, and what names a missing resource. */
function referencesOf(found: readonly Finding[], sources: readonly SourceReading[]): References {
  const unmatched = found.filter((finding) => finding.finds === 'unmatched');
  return {
    images: referencesBy(
      found.filter((finding) => finding.finds === 'image'),
      ({ imageId }) => imageId,
    ),
    snapshots: referencesBy(
      found.filter((finding) => finding.finds === 'snapshot'),
      ({ snapshotId }) => snapshotId,
    ),
    dangling: found
      .filter((finding) => finding.finds === 'dangling')
      .map(({ missing, namedBy }) => ({ missing, namedBy })),
    sources,
    ...(unmatched.length > 0 && { unmatched: unmatched.map(({ glob }) => glob) }),
  };
}

/** One reference for each resource that refers, however often a source names it; whoever names it stays named. */
function referencesBy<Found extends { readonly reference: Reference }, Key>(
  found: readonly Found[],
  keyOf: (one: Found) => Key,
): Map<Key, Reference[]> {
  const index = new Map<Key, Map<string, Reference>>();
  for (const one of found) {
    const { reference } = one;
    const referrers = index.get(keyOf(one)) ?? new Map<string, Reference>();
    index.set(keyOf(one), referrers);
    const referrer = JSON.stringify([reference.kind, reference.resource, reference.detail]);
    const known = referrers.get(referrer);
    const namedBy = [...new Set([...(known?.namedBy ?? []), ...reference.namedBy])];
    referrers.set(referrer, known === undefined ? reference : { ...known, namedBy });
  }
  return new Map([...index].map(([key, referrers]) => [key, [...referrers.values()]]));
}
