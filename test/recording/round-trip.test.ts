import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import { SOURCES } from '../../src/model/sources.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { RECORDING_VERSION, recordingText } from '../../src/recording/write.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, READ_SOURCES, snapshotId } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { oneRule } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

/** The account that a text records; throws with the problem where it records none. */
function readBack(text: string): Account {
  const parsed = parseRecording(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.account;
}

/** A recording as an object, with what is wished for instead. */
function raw(over: Readonly<Record<string, unknown>> = {}): string {
  const written: Record<string, unknown> = JSON.parse(recordingText(anAccount({ images: [anImage()] })));
  return JSON.stringify({ ...written, ...over });
}

/** As if every source that is not told of had been told to be unreadable: what reading adds. */
function withUntold({ references, ...account }: Account): Account {
  const told = new Set(references.sources.map(({ name }) => name));
  const error = 'the recording does not tell of it';
  const untold = SOURCES.filter((name) => !told.has(name)).map(
    (name) => ({ name, status: 'unreadable', references: 0, calls: 0, error }) as const,
  );
  return { ...account, references: { ...references, sources: [...references.sources, ...untold] } };
}

describe('a recording', () => {
  it('holds any account, and gives it back', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        expect(readBack(recordingText(account))).toStrictEqual(withUntold(account));
      }),
    );
  });

  it('tells tag keys apart that JSON.parse of Node 24 confuses', () => {
    const keys = ['"', '\\', '\n', '\ud800', 'a"', 'a'];
    const sets = keys.flatMap((one) => keys.map((other) => ({ [one]: 'true', [other]: 'true' })));
    for (const [first, second] of sets.flatMap((one) => sets.map((other) => [one, other] as const))) {
      const account = anAccount({
        images: [anImage({ number: 1, tags: first }), anImage({ number: 2, tags: second })],
      });
      expect(readBack(recordingText(account)).images).toStrictEqual(account.images);
    }
  });

  it('gives back text that people can write, in names, tags, references and errors', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', '\ud800', '\u2028', '"', '\\', '</script>', ''),
    );
    const anyTags = fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }).map((tags) => Object.fromEntries(tags));
    fc.assert(
      fc.property(anyText, anyTags, (text, tags) => {
        const reference = { kind: 'document', resource: text, detail: text, namedBy: [text] } as const;
        const account = anAccount({
          images: [anImage({ name: text, description: text, ownerAlias: text, platform: text, tags })],
          snapshots: [aSnapshot({ description: text, tags, fullSizeBytes: 1 })],
        });
        const full: Account = {
          ...account,
          references: {
            images: new Map([[imageId(1), [reference]]]),
            snapshots: new Map([[snapshotId(1), [reference]]]),
            dangling: [{ missing: text, namedBy: [text] }],
            sources: [...READ_SOURCES, { name: text, status: 'off', references: 0, calls: 0 }],
          },
          sharing: new Map([[imageId(1), { status: 'unreadable', error: text }]]),
        };
        expect(readBack(recordingText(full))).toStrictEqual(withUntold(full));
      }),
    );
  });

  it('is the same text, in whatever order the account was read', () => {
    const turned = (account: Account): Account => {
      const back = <Key, Value>(map: ReadonlyMap<Key, Value>) => new Map([...map].reverse());
      const { images, snapshots, references } = account;
      const lists = new Map([...references.images].map(([id, list]) => [id, [...list].reverse()] as const).reverse());
      return {
        ...account,
        images: [...images].reverse(),
        snapshots: [...snapshots].reverse(),
        references: { ...references, images: lists, snapshots: back(references.snapshots) },
        sharing: back(account.sharing),
        snapshotDetails: back(account.snapshotDetails),
        recycleBin: back(account.recycleBin),
        ancestry: back(account.ancestry),
      };
    };
    const second = { kind: 'document', resource: 'pinned.hcl', namedBy: [] } as const;
    tried(times(30), accounts, ({ references, ...rest }) => {
      const images = new Map([...references.images].map(([id, list]) => [id, [...list, second]] as const));
      const account = { ...rest, references: { ...references, images } };
      expect(recordingText(turned(account))).toBe(recordingText(account));
    });
  });

  it('has one line for each image and snapshot, so that it diffs well', () => {
    const images = [1, 2, 3].map((number) => anImage({ number, name: 'two\nlines' }));
    const lines = recordingText(anAccount({ images })).split('\n');
    expect(lines.filter((line) => line.startsWith('{"imageId":'))).toHaveLength(3);
  });
});

describe('what a recording does not tell', () => {
  const rule = oneRule('keep: { youngerThan: 30d }, deprecate: {}');
  const decisions = (text: string) => makePlan(readBack(text), rule, AT).decisions;

  it('keeps everything: a source without a row was not looked at', () => {
    expect(decisions(raw()).map(({ decision }) => decision)).toEqual(['deprecate']);
    const sources = READ_SOURCES.filter(({ name }) => name !== 'spot-fleets');
    const [decision] = decisions(raw({ sources }));
    expect(decision?.decision).toBe('keep');
    expect(decision?.reasons).toEqual([{ code: 'source-unreadable', source: 'spot-fleets' }]);
  });

  it('keeps a source that was switched off as such', () => {
    const sources = READ_SOURCES.map((source) =>
      source.name === 'spot-fleets' ? { name: 'spot-fleets', status: 'off', references: 0, calls: 0 } : source,
    );
    expect(decisions(raw({ sources })).map(({ decision }) => decision)).toEqual(['deprecate']);
  });

  it('is no image that can be acted on: launch permissions that were not recorded defer it', () => {
    const plan = makePlan(readBack(raw({ sharing: [] })), rule, AT);
    expect(plan.passes.flatMap(({ actions }) => actions)).toEqual([]);
    expect(plan.passes.flatMap(({ deferred }) => deferred)).toHaveLength(1);
  });
});

describe('a text that is no recording', () => {
  it.each([
    ['nothing', '', /^it is not JSON: /],
    ['YAML', 'version: 1', /^it is not JSON: /],
    ['a list', '[]', /^the file: /],
    ['a report', '{"schemaVersion":1,"images":[]}', /^recordingVersion: /],
    ['another version', raw({ recordingVersion: RECORDING_VERSION + 1 }), /^recordingVersion: .*1/],
    ['no version', raw({ recordingVersion: undefined }), /^recordingVersion: /],
    ['an unknown key', raw({ imges: [] }), /imges/],
    ['no images', raw({ images: undefined }), /^images: /],
    [
      'an image without an id',
      raw({ images: [{ ...anImage(), imageId: 'ami-x' }] }),
      /^images\.0\.imageId: must be an image id/,
    ],
    ['an image without tags', raw({ images: [{ ...anImage(), tags: undefined }] }), /^images\.0\.tags: /],
    ['a date that is none', raw({ observedAt: 'yesterday' }), /^observedAt: /],
    [
      'a reference of a kind that is none',
      raw({ imageReferences: [[imageId(1), [{ kind: 'x' }]]] }),
      /^imageReferences\.0\.1\.0\.kind: /,
    ],
    ['a reading that is none', raw({ sources: [{ name: 'instances', status: 'fine' }] }), /^sources\.0\.status: /],
  ])('%s is refused with the place', (_, text, problem) => {
    const parsed = parseRecording(text);
    expect(parsed.ok ? 'accepted' : parsed.problem).toMatch(problem);
  });
});
