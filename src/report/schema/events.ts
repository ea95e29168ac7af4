import * as z from 'zod';
import { OUTCOME_ACTIONS } from '../../model/outcome.ts';
import { number, text, time } from './parts.ts';

const run = { schemaVersion: z.literal(1), runId: text, mode: z.enum(['dry-run', 'enforce']), region: text };
const target = { ...run, accountId: text };
const about = {
  action: z.enum(OUTCOME_ACTIONS),
  resourceId: text.describe('The image or snapshot that it was about.'),
  imageId: z.exactOptional(text).describe('The image, or that of the snapshot; absent where nobody knows it.'),
  imageName: z.exactOptional(text),
  owner: z.nullable(text).describe("The owner tag's value: anyone's text."),
  rule: z.nullable(text),
};
const report = z.exactOptional(text).describe('s3://BUCKET/reports/…/; absent where it could not be written.');
const problems = z.array(text).describe('What went wrong, a sentence each: the first 20.');

/** The detail of each event, by its detail type. Later versions may add members; none is taken away or changes its meaning. */
export const EVENT_DETAILS = {
  'Action Ended': z
    .object({
      ...target,
      ...about,
      status: z.enum(['done', 'skipped', 'failed']),
      reason: z.exactOptional(text),
      requestId: z.exactOptional(text).describe("AWS's id of the request, as CloudTrail has it."),
      recoverableUntil: z
        .exactOptional(z.nullable(time))
        .describe('Until when the Recycle Bin holds what was removed; null where it is not there.'),
      report,
    })
    .describe('One action of an enforcing run ended, and AWS did not refuse it as such.'),
  'Action Refused': z
    .object({
      ...target,
      ...about,
      reason: text,
      times: number.describe('So many runs tried it, this one included.'),
      firstAt: z.exactOptional(time),
      report,
    })
    .describe('AWS, or its second opinion, said no to an action as such; later runs try it more and more rarely.'),
  'Owner Notified': z
    .object({
      ...target,
      imageId: text,
      imageName: text,
      owner: z.nullable(text),
      isReminder: z.boolean(),
      disableAt: z.exactOptional(time),
      archiveAt: z.exactOptional(time),
      deregisterAt: z.exactOptional(time).describe('Not earlier.'),
      why: text,
    })
    .describe('The owner of an image was told, for certain, what is to become of it.'),
  'Run Ended': z
    .object({
      ...target,
      observedAt: time,
      complete: z.boolean().describe('False where anything could not be read.'),
      images: number,
      dueImages: number,
      dueMonthlyCostUpTo: number.describe('US dollars, at most.'),
      planned: number,
      deferred: number,
      done: number,
      skipped: number,
      failed: number,
      stoppedPasses: z.array(text).describe('What limits.stopAbove or a missing Recycle Bin rule held up.'),
      problems,
      report,
    })
    .describe('A run over one account and Region ended with a report, a dry run or not.'),
  'Run Failed': z
    .object({ ...run, error: text })
    .describe('A run over one Region of the account ended without a report.'),
  'Organization Run Ended': z
    .object({
      schemaVersion: run.schemaVersion,
      runId: text,
      mode: run.mode,
      complete: z.boolean(),
      accounts: number,
      images: number,
      dueImages: number,
      done: number,
      skipped: number,
      failed: number,
      problems,
      summary: text.describe('s3://BUCKET/organization/RUN_ID/summary.html'),
    })
    .describe('A run over an organization ended; each account and Region of it has an event of its own.'),
} as const;

const EVENT_SOURCE = 'ami-janitor';

/** The events as EventBridge's schema registry takes them: OpenAPI 3.0, a schema for each event and each detail. */
export function eventsOpenApi(): unknown {
  const string = { type: 'string' };
  const schemas = Object.entries(EVENT_DETAILS).flatMap(([detailType, detail]) => {
    const name = detailType.replaceAll(' ', '');
    const event = {
      type: 'object',
      required: ['version', 'id', 'source', 'account', 'time', 'region', 'resources', 'detail-type', 'detail'],
      'x-amazon-events-source': EVENT_SOURCE,
      'x-amazon-events-detail-type': detailType,
      properties: {
        ...{ version: string, id: string, source: { ...string, enum: [EVENT_SOURCE] }, account: string },
        ...{ time: { ...string, format: 'date-time' }, region: string, resources: { type: 'array', items: string } },
        ...{ 'detail-type': { ...string, enum: [detailType] }, detail: { $ref: `#/components/schemas/${name}` } },
      },
    };
    return [
      [`${name}Event`, event],
      [name, z.toJSONSchema(detail, { target: 'openapi-3.0', io: 'input' })],
    ];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'ami-janitor events', version: '1' },
    paths: {},
    components: { schemas: Object.fromEntries(schemas) },
  };
}
