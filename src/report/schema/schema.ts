import * as z from 'zod';
import { RECYCLABLE } from '../../model/account.ts';
import { OUTCOME_ACTIONS, type Outcome } from '../../model/outcome.ts';
import type { PassName, PassPlan } from '../../model/plan.ts';
import type { Serialized } from '../to-json.ts';
import {
  action,
  imageId,
  imageReason,
  number,
  passName,
  reference,
  snapshotId,
  snapshotReason,
  source,
  text,
  time,
} from './parts.ts';

const mode = z.enum(['dry-run', 'enforce']);
const actionName = z.enum(OUTCOME_ACTIONS);

const uncovered = z.object({
  kind: z.enum(RECYCLABLE),
  resourceId: text,
  why: z.enum(['no-rule', 'excluded', 'rule-pending', 'rules-unreadable', 'instance-store']),
  rule: z.exactOptional(text).describe('The rule that is meant.'),
});

const pass = z.object({
  pass: passName,
  actions: z.array(action),
  deferred: z.array(action).describe('Due, and left to a later run by limits.perRun.'),
  refused: z
    .exactOptional(z.array(z.object({ action, reason: text, firstAt: time, times: number, nextTryAt: time })))
    .describe('Due, and refused by AWS or its second opinion in earlier runs; tried again more and more rarely.'),
  withheld: z
    .exactOptional(z.array(z.object({ action, uncovered: z.array(uncovered) })))
    .describe('Due, and not removed while no Recycle Bin rule covers it.'),
  stopped: z
    .exactOptional(z.object({ due: number, ofImages: number, percent: number, stopAbovePercent: number }))
    .describe('Set where limits.stopAbove stops the pass.'),
}) satisfies z.ZodType<Serialized<PassPlan>>;

/** One image with its whole reasoning; null where the account does not tell. */
export const reportImage = z.object({
  imageId,
  name: text,
  owner: z.nullable(text),
  creationDate: z.nullable(time),
  lastLaunchedTime: z.exactOptional(time).describe('As far as AWS tells, a day late; its absence proves nothing.'),
  rule: z.nullable(text),
  group: z.exactOptional(text).describe('Its group, where its rule counts by group.'),
  decision: z.enum(['keep', 'deprecate', 'disable', 'archive', 'deregister', 'reinstate']),
  reasons: z.array(imageReason),
  references: z.array(reference),
  protectedAt: z
    .exactOptional(time)
    .describe('Since when ami-janitor itself protects it against deregistration, since something used it.'),
  lineage: z
    .exactOptional(z.array(imageId))
    .describe(
      'What it was copied or made from, the nearest first, twenty at most: as far as the images are in the account, and beyond where AWS was asked.',
    ),
  severity: z
    .exactOptional(text)
    .describe('Of the worst finding of Amazon Inspector’s: critical, high, medium, low, informational.'),
  fixAvailableSince: z.exactOptional(time).describe('Since when there is a fix for a finding of that severity.'),
  snapshotIds: z.array(snapshotId),
  storageGiB: number.describe('The full size of its snapshots; shared ones count in each of their images.'),
  // Deleting a snapshot moves blocks that others need onto them.
  monthlyCostUpTo: number.describe('US dollars, at most.'),
  next: z.exactOptional(
    z.object({ decision: z.enum(['deprecate', 'disable', 'archive', 'deregister', 'reinstate', 'keep']), at: time }),
  ),
  unverified: z.exactOptional(z.literal(true)).describe('Due, and nobody asked yet whom it is shared with.'),
});

const snapshot = z.object({
  snapshotId,
  imageId: z.exactOptional(imageId),
  decision: z.enum(['keep', 'delete']),
  reasons: z.array(snapshotReason),
});

const ended = {
  action: actionName,
  resourceId: text,
  requestId: z.exactOptional(text),
  othersReadAt: z.exactOptional(time).describe('When the reading of the other accounts began that this rests on.'),
};
const outcome = z.discriminatedUnion('status', [
  z.object({
    ...ended,
    status: z.literal('done'),
    reason: z.exactOptional(text),
    alreadyGone: z.exactOptional(z.literal(true)).describe('Somebody else had removed it before.'),
    recoverableUntil: z.exactOptional(z.nullable(time)),
  }),
  z.object({ ...ended, status: z.enum(['skipped', 'failed']), reason: text, refused: z.exactOptional(z.boolean()) }),
]) satisfies z.ZodType<Serialized<Outcome>>;

const decided = reportImage.pick({ decision: true, rule: true, reasons: true, references: true });
const changes = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('compared'),
    earlier: z.object({ runId: text, mode, observedAt: time, complete: z.boolean() }),
    samePolicy: z.boolean().describe('False where another policy decided then.'),
    images: z.array(
      z.object({
        imageId,
        name: text,
        owner: z.nullable(text),
        change: z.enum(['new', 'came-back', 'kept-again', 'decided-differently', 'gone']),
        before: z.exactOptional(decided),
        now: z.exactOptional(decided),
      }),
    ),
  }),
  z.object({ status: z.literal('not-compared'), problem: text }),
]);

const storage = z.object({
  snapshots: number,
  storageGiB: number,
  monthlyCostUpTo: number,
  monthlyCostFrom: z
    .exactOptional(number)
    .describe(
      'Of snapshots that may share blocks, the largest alone, and none where one of them stays. Absent in reports of earlier versions.',
    ),
});
const passCounts = z.object({ actions: number, deferred: number, withheld: number.default(0), stopped: z.boolean() });
/** Reports of earlier versions have none. */
const NO_PASS = { actions: 0, deferred: 0, withheld: 0, stopped: false };
const totals = z.object({
  images: number,
  decisions: z.object({
    keep: number,
    deprecate: number,
    disable: number,
    // Reports of earlier versions have none.
    archive: number.default(0),
    deregister: number,
    reinstate: number,
  }),
  unverified: z
    .exactOptional(number)
    .describe('Due images of which nobody asked yet whom they are shared with; they count in no saving.'),
  dueImages: number.describe('Images that nothing keeps, those that wait for their next step among them.'),
  imagesWithoutOwner: number,
  snapshots: z.object({ keep: number, delete: number }),
  unreadableSources: number,
  storage: storage.describe('All snapshots, each once.'),
  dueStorage: storage.describe('Snapshots that only due images map.'),
  deletedStorage: storage.describe('Snapshots that this run deleted; in a dry run, would delete.'),
  passes: z.object({
    protect: passCounts.default(NO_PASS),
    deprecate: passCounts,
    disable: passCounts,
    archive: passCounts.default(NO_PASS),
    deregister: passCounts,
    'delete-snapshots': passCounts,
  } satisfies Record<PassName, unknown>),
  outcomes: z.object({ done: number, skipped: number, failed: number }),
});

/** report.json, version 1. Later versions of this tool may add members; none is taken away or changes its meaning. */
export const reportSchema = z
  .object({
    schemaVersion: z.literal(1),
    runId: text,
    mode,
    observedAt: time.describe('When the account was read.'),
    at: time.describe('The time that the plan was made for.'),
    target: z.object({
      accountId: text,
      region: text,
      accountAlias: z.exactOptional(text).describe('What people call the account, where IAM told it.'),
    }),
    policy: z.object({ source: text, sha256: text }),
    complete: z
      .boolean()
      .describe('False where anything could not be read; each unreadable source says what it holds.'),
    warnings: z.array(text),
    rules: z
      .exactOptional(
        z.array(
          z.object({
            rule: z.nullable(text).describe('Null: the images that no rule owns.'),
            images: number,
            due: number,
            disableAfterDays: z.exactOptional(number).describe('Counted from the deprecation, as is the next.'),
            archiveAfterDays: z.exactOptional(number),
            deregisterAfterDays: z.exactOptional(number),
            groups: z.exactOptional(number).describe('Where the rule counts by group.'),
            groupsOfOne: z.exactOptional(number).describe('Of those, groups of one image, which is always the newest.'),
          }),
        ),
      )
      .describe('How many images each rule owns, in the order of the policy.'),
    sources: z.array(source),
    totals,
    prices: z.object({
      standardPerGiBMonth: number,
      archivePerGiBMonth: number,
      assumed: z.boolean(),
      asOf: text,
      source: text,
    }),
    passes: z.array(pass),
    images: z.array(reportImage).describe('In order of their ids.'),
    snapshots: z.array(snapshot).describe('In order of their ids.'),
    outcomes: z.array(outcome),
    vestigial: z
      .array(z.object({ imageId, ...reference.shape, lastLaunchedTime: z.nullable(time) }))
      .describe('References that alone keep an image, though nothing seems to use them.'),
    dangling: z.array(z.object({ missing: text, namedBy: z.array(text) })).describe('References that lead nowhere.'),
    missingImages: z
      .exactOptional(
        z.array(
          z.object({
            imageId,
            inRecycleBin: z.nullable(z.boolean()).describe('Null where the Recycle Bin could not be read.'),
            namedBy: z.array(reference).describe('What would launch it again, and can not.'),
            running: z.int().min(0).describe('Instances that run it and need it no more.'),
          }),
        ),
      )
      .describe('Images that something names and that the account can not see: deregistered, or shared no longer.'),
    imageBuilderLeftovers: z
      .exactOptional(
        z.array(
          z.object({
            arn: text.describe('The build: `aws imagebuilder delete-image --image-build-version-arn` deletes it.'),
            builtAt: time,
            amis: z.array(z.object({ imageId, region: text })),
          }),
        ),
      )
      .describe('Image Builder image resources whose AMIs are gone, in every Region and from the Recycle Bins.'),
    restarted: z
      .exactOptional(
        z.array(z.object({ imageId, name: text, rule: z.nullable(text), deprecatedAt: time, launchedAt: time })),
      )
      .describe('Images that were launched after their deprecation: their waits and their notice began anew.'),
    changes: z
      .exactOptional(changes)
      .describe('Since the earlier report in the same place; absent where there was none.'),
  })
  .meta({ title: 'ami-janitor report', description: 'What a run decided for every image, and why.' });

/** The published JSON Schema of report.json; it allows members that later versions add. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(reportSchema, { io: 'input' });
}
