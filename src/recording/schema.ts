import * as z from 'zod';
import { imageRecord, snapshotRecord } from '../journal/records.ts';
import { RECYCLABLE } from '../model/account.ts';
import { isBuildArn } from '../model/aws-lifecycles.ts';
import { REFERENCE_KINDS } from '../model/sources.ts';
import {
  count,
  date,
  imageId,
  mapOf,
  none,
  readingOf,
  size,
  snapshotId,
  tags,
  text,
  unreadable,
} from './schema-parts.ts';
import { RECORDING_VERSION } from './write.ts';

/** What is told of one reference. */
export const referenceFacts = {
  kind: z.enum(REFERENCE_KINDS),
  resource: text,
  detail: text.exactOptional(),
  namedBy: z.array(text),
  accountId: text.exactOptional(),
  region: text.exactOptional(),
};
const references = z.array(z.strictObject(referenceFacts));

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
  virtualizationType: text.exactOptional(),
  isPublic: z.boolean(),
  deregistrationProtection: text.exactOptional(),
  productCodes: z.array(text),
  sourceImageId: imageId.exactOptional(),
  sourceImageRegion: text.exactOptional(),
  scan: z.strictObject({ severity: text.exactOptional(), fixAvailableSince: date.exactOptional() }).exactOptional(),
  watermarks: z.array(text).exactOptional(),
  tags,
  blockDevices: z.array(
    z.strictObject({
      deviceName: text,
      snapshotId: snapshotId.exactOptional(),
      volumeSizeGiB: size.exactOptional(),
    }),
  ),
});

const snapshot = z.strictObject({
  snapshotId,
  ownerId: text,
  state: text,
  description: text,
  startTime: date.exactOptional(),
  volumeSizeGiB: size,
  fullSizeBytes: size.exactOptional(),
  storageTier: text,
  isCopy: z.literal(true).exactOptional(),
  volumeId: text.exactOptional(),
  tags,
});

const source = z.discriminatedUnion('status', [
  z.strictObject({
    name: text,
    status: z.literal('read'),
    references: count,
    calls: count,
    read: count.exactOptional(),
  }),
  z.strictObject({ name: text, status: z.literal('unreadable'), references: count, calls: count, error: text }),
  z.strictObject({
    name: text,
    status: z.literal('off'),
    references: z.literal(0),
    calls: count,
    reason: text.exactOptional(),
  }),
]);

/** What an account allows of others' images. */
export const allowedImages = readingOf({
  criteria: z
    .array(
      z.strictObject({
        providers: z.array(text).readonly().exactOptional(),
        daysSinceDeprecated: z.number().exactOptional(),
        asksMore: z.literal(true).exactOptional(),
      }),
    )
    .readonly(),
});

const ruleTags = z.array(z.strictObject({ key: text, value: text.exactOptional() }));
const retentionRule = z.strictObject({
  identifier: text,
  kind: z.enum(RECYCLABLE),
  retentionDays: z.number(),
  status: text,
  tags: ruleTags,
  excludeTags: ruleTags,
});

const usage = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('available'),
    reportId: text,
    createdAt: date,
    entries: z.array(z.strictObject({ accountId: text, resourceType: text, count })),
  }),
  z.strictObject({ status: z.literal('pending'), createdAt: date }),
  none,
  unreadable,
]);

/** A recording, version 1. */
export const recordingSchema = z.strictObject({
  recordingVersion: z.literal(RECORDING_VERSION),
  target: z.strictObject({ accountId: text, region: text, accountAlias: text.exactOptional() }),
  observedAt: date,
  images: z.array(image),
  snapshots: z.array(snapshot),
  inventory: z.array(source),
  sources: z.array(source),
  imageReferences: mapOf(imageId, references),
  snapshotReferences: mapOf(snapshotId, references),
  dangling: z.array(z.strictObject({ missing: text, namedBy: z.array(text) })),
  sharing: mapOf(imageId, readingOf({ accounts: z.array(text), organizations: z.array(text), isPublic: z.boolean() })),
  snapshotDetails: mapOf(
    snapshotId,
    readingOf({ locked: z.boolean(), sharedWith: z.array(text), fastRestoreZones: z.array(text) }),
  ),
  // Recordings of earlier versions have none, as those of an account where nothing would be archived.
  tierings: mapOf(
    snapshotId,
    readingOf({ operation: text.exactOptional(), startedAt: date.exactOptional() }),
  ).exactOptional(),
  recycleBin: mapOf(imageId, readingOf({ inBin: z.boolean() })),
  // Recordings of earlier versions have none.
  retentionRules: mapOf(z.enum(RECYCLABLE), readingOf({ rules: z.array(retentionRule) })).exactOptional(),
  ancestry: mapOf(
    imageId,
    readingOf({ ancestors: z.array(z.strictObject({ imageId, region: text })) }),
  ).exactOptional(),
  /** What AWS's usage reports say of public images. */
  publicUsage: mapOf(imageId, usage).exactOptional(),
  /** Which named images are gone. */
  missingImages: readingOf({
    images: mapOf(
      imageId,
      z.strictObject({ inRecycleBin: z.boolean().exactOptional() }).transform(({ inRecycleBin }) => ({ inRecycleBin })),
    ),
  }).exactOptional(),
  /** What AWS's own lifecycle services do. */
  imageBuilderPolicies: readingOf({
    policies: z.array(z.strictObject({ arn: text, name: text, actions: z.array(text), imageIds: z.array(imageId) })),
  }).exactOptional(),
  imageBuilderLeftovers: readingOf({
    leftovers: z.array(
      z.strictObject({
        arn: text.refine(isBuildArn, 'must be the ARN of a build'),
        builtAt: date,
        amis: z.array(z.strictObject({ imageId, region: text })),
      }),
    ),
  }).exactOptional(),
  dlmPolicies: readingOf({ states: mapOf(text, text) }).exactOptional(),
  /** What this tool wrote down of its own acts. */
  journal: z
    .discriminatedUnion('status', [
      z.strictObject({
        status: z.literal('read'),
        images: mapOf(imageId, imageRecord),
        snapshots: mapOf(snapshotId, snapshotRecord),
      }),
      none,
      unreadable,
    ])
    .exactOptional(),
  /** What is known of other accounts, where a run read several. */
  elsewhere: z
    .strictObject({
      read: z.array(text).transform((accounts) => new Set(accounts)),
      unread: mapOf(text, text),
      usage: mapOf(imageId, usage),
      lastUsedBy: mapOf(imageId, mapOf(text, text)).exactOptional(),
      sharedSince: mapOf(imageId, date).exactOptional(),
      allowedImages: mapOf(text, allowedImages).exactOptional(),
      neverRead: z
        .array(text)
        .transform((accounts) => new Set(accounts))
        .exactOptional(),
    })
    .exactOptional(),
});
