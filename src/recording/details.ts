import * as z from 'zod';
import { RECYCLABLE } from '../model/retention-rule.ts';
import { count, date, imageId, text } from './fields.ts';

const unreadable = z.strictObject({ status: z.literal('unreadable'), error: text });

/** With whom an image is shared. */
export const sharing = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('read'),
    accounts: z.array(text),
    organizations: z.array(text),
    isPublic: z.boolean(),
  }),
  unreadable,
]);

/** What only further calls tell of a snapshot. */
export const snapshotDetails = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('read'),
    locked: z.boolean(),
    sharedWith: z.array(text),
    fastRestoreZones: z.array(text),
  }),
  unreadable,
]);

/** Whether an image lies in the Recycle Bin. */
export const recycleBin = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('read'), inBin: z.boolean() }),
  unreadable,
]);

/** Which named images are gone. */
export const missingImages = z.discriminatedUnion('status', [
  z
    .strictObject({
      status: z.literal('read'),
      images: z.array(
        z.tuple([
          imageId,
          z
            .strictObject({ inRecycleBin: z.boolean().exactOptional() })
            .transform(({ inRecycleBin }) => ({ inRecycleBin })),
        ]),
      ),
    })
    .transform(({ status, images }) => ({ status, images: new Map(images) })),
  unreadable,
]);

const retentionRule = z.strictObject({
  identifier: text,
  kind: z.enum(RECYCLABLE),
  retentionDays: z.number(),
  status: text,
  tags: z.array(z.strictObject({ key: text, value: text.exactOptional() })),
  excludeTags: z.array(z.strictObject({ key: text, value: text.exactOptional() })),
});

/** The Recycle Bin's rules for one kind. */
export const retentionRules = z.tuple([
  z.enum(RECYCLABLE),
  z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('read'), rules: z.array(retentionRule) }),
    unreadable,
  ]),
]);

const usage = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('available'),
    reportId: text,
    createdAt: date,
    entries: z.array(z.strictObject({ accountId: text, resourceType: text, count })),
  }),
  z.strictObject({ status: z.literal('pending'), createdAt: date }),
  z.strictObject({ status: z.literal('none') }),
  unreadable,
]);

/** What is known of other accounts, where a run looked at several. */
export const elsewhere = z
  .strictObject({
    read: z.array(text),
    unread: z.array(z.tuple([text, text])),
    usage: z.array(z.tuple([imageId, usage])),
  })
  .transform(({ read, unread, usage: readings }) => ({
    read: new Set(read),
    unread: new Map(unread),
    usage: new Map(readings),
  }));
