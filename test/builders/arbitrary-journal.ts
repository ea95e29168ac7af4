import fc from 'fast-check';
import type { Image, Snapshot } from '../../src/model/image.ts';
import type { Announced, ImageRecord, JournalReading, SnapshotRecord } from '../../src/model/journal.ts';
import { NO_JOURNAL } from '../../src/model/journal.ts';
import { DAY, daysAgo, imageId } from './account.ts';
import { ageDays, seldom } from './arbitrary-facts.ts';
import { aJournal, RUN_ID, recordOf, snapshotRecordOf } from './records.ts';

const promise = fc.oneof(
  { weight: 4, arbitrary: ageDays.map(daysAgo) },
  { weight: 2, arbitrary: fc.constantFrom(-1, -5, -20).map(daysAgo) },
  { weight: 1, arbitrary: fc.constant('none' as const) },
);

const announced: fc.Arbitrary<Announced> = fc
  .record({
    days: fc.tuple(ageDays, fc.constantFrom(0, 0, 1, -1)).map(([days, ms]) => days + ms / DAY),
    owner: fc.constantFrom('ann', 'ben', undefined, undefined),
    deregisterFrom: promise,
    disableFrom: promise,
    deprecateFrom: fc.option(fc.constantFrom(-5, -1, 0, 0, 1, 7, 13, 40).map(daysAgo), { nil: undefined, freq: 2 }),
    archive: fc.option(promise, { nil: undefined, freq: 3 }),
  })
  .map(({ days, owner, deprecateFrom, archive, ...dates }) => ({
    at: daysAgo(days),
    ...(owner !== undefined && { owner }),
    ...(archive && { archiveFrom: archive }),
    ...dates,
    ...(deprecateFrom && { deprecateFrom }),
  }));

const act = ageDays.map((days) => ({ at: daysAgo(days), runId: RUN_ID }));

/** Once in so many times. */
function rarely<Value>(arbitrary: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** What may be recorded beside or instead of what an image's tags say. */
const imageFacts = fc.record({
  deprecated: fc.oneof(
    { weight: 8, arbitrary: fc.constant('as tagged' as const) },
    { weight: 1, arbitrary: fc.constant('no' as const) },
    { weight: 1, arbitrary: act },
  ),
  /** Mostly told when the tag says so, to the owner whom the tag names. */
  announced: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: announced }),
  promised: fc.record({ deregisterFrom: promise, disableFrom: promise }),
  disabled: seldom<'as tagged' | 'no' | 'yes'>('as tagged', 'no', 'yes'),
  protected: seldom<'as tagged' | 'no' | 'on' | 'changing'>('as tagged', 'no', 'on', 'changing'),
  removing: rarely(act, 25),
  reinstating: rarely(act, 25),
});

const snapshotFacts = fc.record({
  asTagged: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  claimed: rarely(
    fc.record({ at: ageDays.map(daysAgo), image: fc.nat(14), state: fc.constantFrom('held', 'deleting', 'deleted') }),
    5,
  ),
  orphaned: rarely(fc.record({ at: ageDays.map(daysAgo), image: fc.nat(14) }), 5),
});

/** A journal for an account: mostly what its tags say, and what people, forgers and ended runs make of both. */
export function journalFor(images: readonly Image[], snapshots: readonly Snapshot[]): fc.Arbitrary<JournalReading> {
  const many = { maxLength: images.length, minLength: images.length };
  const read = fc
    .record({
      ofImages: fc.array(imageFacts, many),
      ofSnapshots: fc.array(snapshotFacts, { minLength: snapshots.length, maxLength: snapshots.length }),
    })
    .map(({ ofImages, ofSnapshots }) =>
      aJournal({
        images: ofImages.map((facts, index) => [imageId(index), imageRecord(images[index], facts)]),
        snapshots: ofSnapshots.flatMap((facts, index) => {
          const snapshot = snapshots[index];
          return snapshot ? [[snapshot.snapshotId, snapshotRecord(snapshot, facts)] as const] : [];
        }),
      }),
    );
  return fc.oneof(
    { weight: 8, arbitrary: read },
    { weight: 3, arbitrary: fc.constant(NO_JOURNAL) },
    { weight: 1, arbitrary: fc.constant({ status: 'unreadable', error: 'access denied' } as const) },
  );
}

type Facts<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never;

function imageRecord(image: Image | undefined, facts: Facts<typeof imageFacts>): ImageRecord {
  const { deprecated, disabled, protected: asTagged, announced: told, ...tagged } = recordOf(image ?? { tags: {} });
  const wasDeprecated = facts.deprecated === 'as tagged' ? deprecated : facts.deprecated;
  const own = { at: daysAgo(5), runId: RUN_ID, launchPermissions: [] };
  const wasDisabled = facts.disabled === 'as tagged' ? disabled : facts.disabled === 'yes' ? own : undefined;
  const state = facts.protected === 'changing' ? 'changing' : 'on';
  const wasProtected =
    facts.protected === 'as tagged'
      ? asTagged
      : facts.protected === 'no'
        ? undefined
        : ({ at: daysAgo(5), runId: RUN_ID, state } as const);
  const asTold = told && { ...told, ...facts.promised };
  const announcement = facts.announced ?? asTold;
  return {
    ...tagged,
    ...(wasDeprecated && wasDeprecated !== 'no' && { deprecated: wasDeprecated }),
    ...(wasDisabled && { disabled: wasDisabled }),
    ...(wasProtected && { protected: wasProtected }),
    ...(announcement && { announced: announcement }),
    ...(facts.removing && { removing: facts.removing }),
    ...(facts.reinstating && { reinstating: facts.reinstating }),
  };
}

function snapshotRecord(snapshot: Snapshot, facts: Facts<typeof snapshotFacts>): SnapshotRecord {
  const { claimed, orphaned } = facts;
  return {
    ...(facts.asTagged && snapshotRecordOf(snapshot)),
    ...(claimed && {
      claimed: { at: claimed.at, runId: RUN_ID, imageId: imageId(claimed.image), state: claimed.state },
    }),
    ...(orphaned && { orphaned: { at: orphaned.at, runId: RUN_ID, imageId: imageId(orphaned.image) } }),
  };
}
