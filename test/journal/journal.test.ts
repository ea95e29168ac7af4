import { describe, expect, it, onTestFinished } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { JournalWriter } from '../../src/journal/writer.ts';
import type { JournalEntry, JournalReading } from '../../src/model/journal.ts';
import { imageId, snapshotId } from '../builders/account.ts';
import { NOW, open } from '../sandbox/open.ts';

const TARGET = { accountId: '123456789012', region: 'eu-west-1' };
const BUCKET = 'ami-janitor-reports';
const PREFIX = 'journal/123456789012/eu-west-1/';
const RUN = '20261121T020000Z-1a2b3c4d';
const OTHER = '20261121T020000Z-5e6f7a8b';
const DAY = 86_400_000;

const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const deprecated = (number: number, minutes = 0, runId = RUN): JournalEntry => ({
  imageId: imageId(number),
  facts: { deprecated: { at: at(minutes), runId } },
});

async function aBucket() {
  let intercept: (call: Call) => Fault | undefined = () => undefined;
  const state = emptyAccount();
  state.buckets.set(BUCKET, new Map());
  const { s3 } = await open(state, { intercept: (call) => intercept(call) });
  let now = NOW;
  const objects = state.buckets.get(BUCKET) ?? new Map();
  const reader = () => new JournalReader({ s3, bucket: BUCKET });
  return {
    s3,
    objects,
    keys: () => [...objects.keys()].sort(),
    setNow: (time: Date) => {
      now = time;
    },
    onCall: (faults: (call: Call) => Fault | undefined) => {
      intercept = faults;
      onTestFinished(() => {
        intercept = () => undefined;
      });
    },
    reader,
    read: () => reader().read(TARGET),
    /** A run of its own, which has read the journal. */
    writer: async (runId = RUN, from = reader()) => {
      await from.read(TARGET);
      return new JournalWriter({ reader: from, runId, clock: () => now });
    },
  };
}

const imagesOf = (reading: JournalReading) =>
  reading.status === 'read' ? Object.fromEntries(reading.images) : reading;
const snapshotsOf = (reading: JournalReading) =>
  reading.status === 'read' ? Object.fromEntries(reading.snapshots) : reading;

describe('the journal', () => {
  it('is empty where nothing was written yet', async () => {
    const { read } = await aBucket();
    expect(await read()).toEqual({ status: 'read', images: new Map(), snapshots: new Map() });
  });

  it('holds what was written: a later fact replaces the one of its name, null takes it away', async () => {
    const { writer, read } = await aBucket();
    const { write } = await writer();
    const claimed = { at: NOW, runId: RUN, imageId: imageId(1) };
    await write([
      deprecated(1),
      deprecated(2),
      { snapshotId: snapshotId(1), facts: { claimed: { ...claimed, state: 'deleting' } } },
    ]);
    await write([
      { imageId: imageId(1), facts: { removing: { at: at(1), runId: RUN } } },
      { imageId: imageId(2), facts: { deprecated: null } },
      { snapshotId: snapshotId(1), facts: { claimed: { ...claimed, state: 'held' } } },
    ]);
    const reading = await read();
    expect(imagesOf(reading)).toEqual({
      [imageId(1)]: { deprecated: { at: NOW, runId: RUN }, removing: { at: at(1), runId: RUN } },
    });
    expect(snapshotsOf(reading)).toEqual({ [snapshotId(1)]: { claimed: { ...claimed, state: 'held' } } });
  });

  it('keeps every kind of fact as it was', async () => {
    const { writer, read } = await aBucket();
    const refused = { action: 'deregister', reason: 'no', firstAt: NOW, lastAt: at(5), times: 2 };
    const announced = { at: NOW, owner: 'web', deregisterFrom: at(9), disableFrom: 'none', remindedAt: at(3) } as const;
    const act = { at: NOW, runId: RUN };
    const facts = {
      deprecated: act,
      disabled: { ...act, launchPermissions: ['111122223333'] },
      reinstating: act,
      removing: act,
      announced,
      refused,
    };
    const ofSnapshot = { orphaned: { ...act, imageId: imageId(2) }, refused };
    await (await writer()).write([
      { imageId: imageId(1), facts },
      { snapshotId: snapshotId(1), facts: ofSnapshot },
    ]);
    const reading = await read();
    expect(imagesOf(reading)).toEqual({ [imageId(1)]: facts });
    expect(snapshotsOf(reading)).toEqual({ [snapshotId(1)]: ofSnapshot });
  });

  it.each([
    ['is not JSON', 'half a'],
    ['has another version', '{"journalVersion":2,"runId":"x","entries":[]}'],
    [
      'has a fact that nobody knows',
      `{"journalVersion":1,"runId":"x","entries":[{"imageId":"${imageId(1)}","facts":{"kept":{}}}]}`,
    ],
    ['names something that is no image', '{"journalVersion":1,"runId":"x","entries":[{"imageId":"ami-1","facts":{}}]}'],
  ])('can not be read where an object of it %s', async (_, text) => {
    const { objects, read } = await aBucket();
    for (const name of ['base.json', `entries/2026-11-21T02:00:00.000Z-${RUN}-000001.json`]) {
      objects.clear();
      objects.set(`${PREFIX}${name}`, { body: Buffer.from(text), eTag: '"1"', lastModified: NOW, metadata: {} });
      expect(await read()).toMatchObject({
        status: 'unreadable',
        error: expect.stringMatching(`^s3://${BUCKET}/${PREFIX}${name} is not what this version writes there`),
      });
    }
  });

  it.each(['GetObject', 'ListObjectsV2'])(
    'can not be read where %s is refused, and nothing is written then',
    async (name) => {
      const { onCall, reader, keys } = await aBucket();
      onCall(({ operation }) => (operation === name ? { kind: 'access-denied' } : undefined));
      const from = reader();
      expect(await from.read(TARGET)).toMatchObject({
        status: 'unreadable',
        error: expect.stringContaining('access denied'),
      });
      onCall(() => undefined);
      const { write } = new JournalWriter({ reader: from, runId: RUN, clock: () => NOW });
      await expect(write([deprecated(1)])).rejects.toThrow('must be read before it is written');
      expect(keys()).toEqual([]);
    },
  );

  it('puts a fact that is written later behind one that was read, whatever the clock says', async () => {
    const { writer, read, setNow } = await aBucket();
    await (await writer()).write([deprecated(1, 7)]);
    setNow(at(-3));
    await (await writer(OTHER)).write([deprecated(1, 9, OTHER)]);
    expect(imagesOf(await read())).toEqual({ [imageId(1)]: { deprecated: { at: at(9), runId: OTHER } } });
  });

  it('is written once where the answer to a write is lost on the way', async () => {
    const { writer, onCall, keys, read } = await aBucket();
    const { write } = await writer();
    await write([deprecated(1)]);
    // The SDK tries again, and finds the object there.
    const [first = ''] = keys();
    onCall(({ operation }) => (operation === 'PutObject' ? { kind: 'drop-after' } : undefined));
    await expect(write([deprecated(2)])).rejects.toThrow();
    onCall(() => undefined);
    expect(keys()[0]).toBe(first);
    expect(Object.keys(imagesOf(await read()))).toEqual([imageId(1), imageId(2)]);
  });
});

describe('folding', () => {
  const NOBODY = () => false;
  const EVERYONE = () => true;

  async function many(count = 12) {
    const bucket = await aBucket();
    const run = await bucket.writer();
    for (let number = 1; number <= count; number += 1) await run.write([deprecated(number)]);
    await run.write([{ imageId: imageId(1), facts: { deprecated: null } }]);
    return { ...bucket, run, before: await bucket.read() };
  }

  it('leaves one object that says the same', async () => {
    const { run, keys, read, before } = await many();
    expect(await run.fold(EVERYONE)).toBeUndefined();
    expect(keys()).toEqual([`${PREFIX}base.json`]);
    expect(await read()).toEqual(before);
    await run.write([deprecated(1, 5)]);
    expect(imagesOf(await read())).toMatchObject({ [imageId(1)]: { deprecated: { at: at(5) } } });
  });

  it('leaves a few entries as they are', async () => {
    const { run, keys } = await many(3);
    const before = keys();
    await run.fold(EVERYONE);
    expect(keys()).toEqual(before);
  });

  it('that is killed before the entries are gone says the same, and the next one removes them', async () => {
    const { run, keys, read, before, onCall, writer } = await many();
    onCall(({ operation }) => (operation === 'DeleteObject' ? { kind: 'server-error' } : undefined));
    expect(await run.fold(EVERYONE)).toMatch(/could not be folded/);
    onCall(() => undefined);
    expect(keys()).toHaveLength(14);
    expect(await read()).toEqual(before);
    await (await writer(OTHER)).write([deprecated(2, 9, OTHER)]);
    const after = await read();
    await (await writer(OTHER)).fold(EVERYONE);
    expect(keys()).toEqual([`${PREFIX}base.json`]);
    expect(await read()).toEqual(after);
  });

  it('by two runs at once loses nothing', async () => {
    const { run, read, writer, onCall } = await many();
    const other = await writer(OTHER);
    let folded = false;
    // The second run folds between the first one's reading and its writing, with an entry more.
    onCall(({ operation }) => {
      if (operation !== 'PutObject' || folded) return undefined;
      folded = true;
      return {
        before: async () => {
          await other.write([deprecated(40)]);
          await other.fold(EVERYONE);
        },
      };
    });
    expect(await run.fold(EVERYONE)).toBeUndefined();
    expect(folded).toBe(true);
    const images = imagesOf(await read());
    expect(Object.keys(images)).toHaveLength(12);
    expect(images).toHaveProperty([imageId(40)]);
    expect(images).not.toHaveProperty([imageId(1)]);
  });

  it('makes nothing of a second try that comes when its entry is folded already', async () => {
    const { run, read, objects, keys, before } = await many();
    const [first = ''] = keys();
    const stored = objects.get(first);
    await run.fold(EVERYONE);
    // It says that image 1 is deprecated, which a later entry took back; both are in the base.
    objects.set(first, stored);
    expect(await read()).toEqual(before);
    expect(imagesOf(before)).not.toHaveProperty([imageId(1)]);
  });

  it('takes an entry that comes late for what it is', async () => {
    const { run, read, writer } = await many();
    const late = await writer(OTHER);
    await run.fold(EVERYONE);
    await late.write([deprecated(50)]);
    expect(imagesOf(await read())).toHaveProperty([imageId(50)]);
  });

  it('is not what makes entries vanish that no base holds: the journal can not be read then', async () => {
    const { read, objects, keys, onCall } = await many(2);
    const [first = ''] = keys();
    const stored = objects.get(first);
    const isFirst = ({ operation, input }: Call) => operation === 'GetObject' && JSON.stringify(input).includes(first);
    onCall((call) =>
      isFirst(call)
        ? { before: () => void objects.delete(first), after: () => void objects.set(first, stored) }
        : undefined,
    );
    expect(await read()).toMatchObject({ status: 'unreadable', error: expect.stringContaining('vanish') });
  });

  it('while another run reads hides nothing from it', async () => {
    const { run, reader, before, onCall } = await many();
    let folded = false;
    onCall(({ operation, input }) => {
      const isEntry = operation === 'GetObject' && JSON.stringify(input).includes('/entries/');
      if (!isEntry || folded) return undefined;
      folded = true;
      return { before: async () => void (await run.fold(EVERYONE)) };
    });
    expect(await reader().read(TARGET)).toEqual(before);
    expect(folded).toBe(true);
  });

  it('drops what is gone for more than 400 days, and nothing that is there or may lie in the Recycle Bin', async () => {
    const { run, read, setNow } = await many();
    setNow(new Date(NOW.getTime() + 399 * DAY));
    await run.write([deprecated(30, 399 * 24 * 60)]);
    await run.fold(NOBODY);
    expect(Object.keys(imagesOf(await read()))).toHaveLength(12);
    setNow(new Date(NOW.getTime() + 401 * DAY));
    for (let number = 0; number < 10; number += 1) await run.write([deprecated(30, 399 * 24 * 60)]);
    await run.fold((id) => id === imageId(5));
    expect(Object.keys(imagesOf(await read()))).toEqual([imageId(5), imageId(30)]);
  });
});
