import * as z from 'zod';
import type { Account } from '../model/account.ts';
import { NO_JOURNAL } from '../model/journal.ts';
import { SOURCES } from '../model/reference.ts';
import { RECYCLABLE } from '../model/retention-rule.ts';
import { elsewhere, missingImages, recycleBin, retentionRules, sharing, snapshotDetails } from './details.ts';
import { count, date, imageId, referenceFacts, snapshotId, tags, text } from './fields.ts';
import { journal } from './journal.ts';
import { RECORDING_VERSION } from './write.ts';

const image = z.strictObject({
  imageId,
  name: text,
  description: text,
  ownerId: text,
  ownerAlias: text.exactOptional(),
  state: text,
  creationDate: date.exactOptional(),
  deprecationTime: date.exactOptional(),
  lastLaunchedTime: date.exactOptional(),
  architecture: text,
  platform: text,
  rootDeviceType: text,
  isPublic: z.boolean(),
  deregistrationProtection: text.exactOptional(),
  productCodes: z.array(text),
  sourceImageId: imageId.exactOptional(),
  sourceImageRegion: text.exactOptional(),
  tags,
  blockDevices: z.array(
    z.strictObject({
      deviceName: text,
      snapshotId: snapshotId.exactOptional(),
      volumeSizeGiB: z.number().nonnegative().exactOptional(),
    }),
  ),
});

const snapshot = z.strictObject({
  snapshotId,
  ownerId: text,
  state: text,
  description: text,
  startTime: date.exactOptional(),
  volumeSizeGiB: z.number().nonnegative(),
  fullSizeBytes: z.number().nonnegative().exactOptional(),
  storageTier: text,
  isCopy: z.literal(true).exactOptional(),
  tags,
});

const reference = z.strictObject(referenceFacts);

const reading = z.discriminatedUnion('status', [
  z.strictObject({ name: text, status: z.literal('read'), references: count, calls: count }),
  z.strictObject({ name: text, status: z.literal('unreadable'), references: count, calls: count, error: text }),
  z.strictObject({
    name: text,
    status: z.literal('off'),
    references: z.literal(0),
    calls: count,
    reason: text.exactOptional(),
  }),
]);

const recording = z.strictObject({
  recordingVersion: z.literal(RECORDING_VERSION),
  target: z.strictObject({ accountId: text, region: text }),
  observedAt: date,
  images: z.array(image),
  snapshots: z.array(snapshot),
  inventory: z.array(reading),
  sources: z.array(reading),
  imageReferences: z.array(z.tuple([imageId, z.array(reference)])),
  snapshotReferences: z.array(z.tuple([snapshotId, z.array(reference)])),
  dangling: z.array(z.strictObject({ missing: text, namedBy: z.array(text) })),
  sharing: z.array(z.tuple([imageId, sharing])),
  snapshotDetails: z.array(z.tuple([snapshotId, snapshotDetails])),
  recycleBin: z.array(z.tuple([imageId, recycleBin])),
  // Recordings of earlier versions have none.
  retentionRules: z.array(retentionRules).exactOptional(),
  missingImages: missingImages.exactOptional(),
  journal: journal.exactOptional(),
  elsewhere: elsewhere.exactOptional(),
});

const UNTOLD = { status: 'unreadable', error: 'the recording does not tell of it' } as const;

/** A recording's account, or why the text is none. */
export type ParsedRecording =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly problem: string };

/** Reads the text of a recording. A source that it does not tell of was not looked at, so it counts as unreadable. */
export function parseRecording(json: string): ParsedRecording {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { ok: false, problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = recording.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a recording'}` };
  }
  const {
    recordingVersion: _,
    imageReferences,
    snapshotReferences,
    dangling,
    sources,
    elsewhere,
    ...rest
  } = parsed.data;
  const told = new Set(sources.map(({ name }) => name));
  const untold = SOURCES.filter((name) => !told.has(name)).map((name) => ({
    name,
    references: 0,
    calls: 0,
    ...UNTOLD,
  }));
  return {
    ok: true,
    account: {
      ...rest,
      ...(elsewhere && { crossAccountUsage: elsewhere }),
      references: {
        images: new Map(imageReferences),
        snapshots: new Map(snapshotReferences),
        dangling,
        sources: [...sources, ...untold],
      },
      sharing: new Map(rest.sharing),
      snapshotDetails: new Map(rest.snapshotDetails),
      recycleBin: new Map(rest.recycleBin),
      retentionRules: new Map(rest.retentionRules ?? RECYCLABLE.map((kind) => [kind, UNTOLD] as const)),
      journal: rest.journal ?? NO_JOURNAL,
    },
  };
}
