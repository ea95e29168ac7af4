import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { offerOf } from '../aws/offered-services.ts';
import { countRequests, type Requests } from '../aws/requests.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { ReferenceSettings } from '../model/policy.ts';
import type { DanglingReference, Reference, References, SourceName, SourceReading } from '../model/reference.ts';
import type { Finder, FinderContext, Finding, Mention } from './finder.ts';

/** Hears of the reading as it goes on. */
export interface GatherObserver {
  readonly onCall: (source: string) => void;
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
  const index = new ReferenceIndex();
  const mentions = new Map<SourceName, Finding[]>();
  const started = new Map<SourceName, Promise<SourceReading>>();

  const mentionsFrom = async <Kind extends Finding['finds']>(
    sources: readonly SourceName[],
    kind: Kind,
  ): Promise<Mention<Kind>[]> => {
    await Promise.all(sources.map((source) => started.get(source)));
    return sources
      .flatMap((source) => mentions.get(source) ?? [])
      .filter((finding): finding is Mention<Kind> => finding.finds === kind);
  };

  const read = async (finder: Finder): Promise<SourceReading> => {
    const name = finder.source;
    if (settings.off.includes(name)) return { name, status: 'off', references: 0, calls: 0 };
    const requests = countRequests(() => observer.onCall(name));
    const waitFor: FinderContext['mentions'] = (kind, from = finder.after ?? []) => mentionsFrom(from, kind);
    const context: FinderContext = { clients, requests, settings, mentions: waitFor };
    const mentioned: Finding[] = [];
    mentions.set(name, mentioned);
    let references = 0;
    try {
      for await (const finding of finder.find(context)) {
        index.add(finding);
        if (finding.finds === 'image' || finding.finds === 'snapshot') references += 1;
        else mentioned.push(finding);
      }
      return { name, status: 'read', references, calls: requests.calls() };
    } catch (error) {
      const absence =
        references + mentioned.length === 0 ? await absenceOf(finder, error, clients, requests) : undefined;
      const calls = requests.calls();
      if (absence?.isAbsent === true) return { name, status: 'off', references: 0, calls, reason: absence.why };
      const why = [whyUnreadable(finder, error), ...(absence === undefined ? [] : [absence.why])].join('; ');
      return { name, status: 'unreadable', references, calls, error: why };
    }
  };

  // `started` must hold every source before any finder waits for one: a finder runs synchronously to its first await.
  const begin = Promise.withResolvers<void>();
  for (const finder of finders) {
    const reading = begin.promise.then(() => read(finder));
    started.set(
      finder.source,
      reading.then((done) => {
        observer.onSource(done);
        return done;
      }),
    );
  }
  begin.resolve();
  return index.references(await Promise.all(started.values()));
}

/** Not every service says which permission is missing; the finder knows which ones it needs. */
function whyUnreadable({ permissions }: Finder, error: unknown): string {
  const { kind, permission, sentence } = failureOf(error);
  return kind === 'denied' && permission === undefined
    ? `${sentence}; this source needs ${permissions.join(', ')}`
    : sentence;
}

/** Where a service has no endpoint, whether AWS's own list says that it is not offered there; the failure alone is no proof. */
async function absenceOf(
  { service }: Finder,
  error: unknown,
  clients: Clients,
  requests: Requests,
): Promise<{ readonly isAbsent: boolean; readonly why: string } | undefined> {
  if (service === undefined || failureOf(error).code !== 'ENOTFOUND') return undefined;
  const answer = await offerOf(clients, requests, service);
  switch (answer.offer) {
    case 'not-offered':
      return { isAbsent: true, why: `AWS does not offer ${service} in ${clients.region}, by its own list of services` };
    case 'offered':
      return { isAbsent: false, why: `AWS's list of services says that ${service} is offered in ${clients.region}` };
    case 'unknown':
      return {
        isAbsent: false,
        why: `whether ${service} is offered in ${clients.region} can't be told: ${answer.why}`,
      };
  }
}

/** Collects what finders find: by image, by snapshot, and what names a missing resource. */
class ReferenceIndex {
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

/** One entry for each resource that refers, however often a source names it; whoever names it stays named. */
function append<Key>(map: Map<Key, Map<string, Reference>>, key: Key, reference: Reference): void {
  const referrer = JSON.stringify([reference.kind, reference.resource, reference.detail]);
  const known = map.get(key);
  if (known === undefined) map.set(key, new Map([[referrer, reference]]));
  else known.set(referrer, merged(known.get(referrer), reference));
}

function merged(known: Reference | undefined, again: Reference): Reference {
  if (known === undefined) return again;
  return { ...known, namedBy: [...new Set([...known.namedBy, ...again.namedBy])] };
}

function listed<Key>(map: ReadonlyMap<Key, ReadonlyMap<string, Reference>>): Map<Key, Reference[]> {
  return new Map([...map].map(([key, references]) => [key, [...references.values()]]));
}
