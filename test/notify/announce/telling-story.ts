import type { Call, Fault } from '../../../sandbox/calls.ts';
import { JournalReader } from '../../../src/journal/reader.ts';
import { JournalWriter } from '../../../src/journal/writer.ts';
import type { ImageRecord } from '../../../src/model/journal.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { type Announced, announce } from '../../../src/notify/announce.ts';
import type { DeliveryTiming } from '../../../src/notify/delivery.ts';
import type { Report } from '../../../src/report/report.ts';
import { connect } from '../../builders/in-process.ts';
import { readerOf } from '../../builders/reader.ts';
import type { StoryAccount } from '../../scenarios/account.ts';
import type { SlackServer } from '../slack-server.ts';

/** The bucket in which stories keep the journal. */
const BUCKET = 'ami-janitor-reports';

/** One morning on which owners are told. */
export interface Morning {
  readonly story: StoryAccount;
  readonly slack: SlackServer;
  readonly policy: Policy;
  readonly now: () => Date;
  readonly timing: DeliveryTiming;
  readonly acted?: readonly Report[];
  readonly unfinishedSince?: Date;
  readonly intercept?: (call: Call) => Fault | undefined;
}

/** Tells owners as the deployed function does: by Slack, with a journal. */
export async function tellWithJournal(morning: Morning): Promise<Announced> {
  const { story, slack, policy, now, timing, acted = [], unfinishedSince, intercept } = morning;
  if (!story.state.buckets.has(BUCKET)) story.state.buckets.set(BUCKET, new Map());
  const { clients } = connect(story.state, { now, ...(intercept && { intercept }) });
  const journal = new JournalReader({ s3: clients.s3, bucket: BUCKET });
  const runId = `${now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-00000000`;
  const reader = readerOf(clients, policy, now, journal);
  const delivery = slack.delivery(policy, { timing, startedAt: now() });
  const writer = new JournalWriter({ reader: journal, runId, clock: now });
  const targets = [{ region: clients.region, reader, ec2: clients.ec2, journal: writer }];
  const policySource = { source: 'story', sha256: '0'.repeat(64) };
  try {
    return await announce(
      {
        runId,
        mode: 'enforce',
        policy,
        policySource,
        at: now(),
        clock: now,
        targets,
        acted,
        ...(unfinishedSince && { unfinishedSince }),
      },
      delivery,
    );
  } finally {
    clients.destroy();
  }
}

/** What the journal says of an image. */
export async function recordOf(story: StoryAccount, imageId: string, now: () => Date): Promise<ImageRecord> {
  const { clients } = connect(story.state, { now });
  const { accountId, region } = story.state;
  const reading = await new JournalReader({ s3: clients.s3, bucket: BUCKET }).read({ accountId, region });
  clients.destroy();
  if (reading.status !== 'read') throw new Error(reading.error);
  return new Map<string, ImageRecord>(reading.images).get(imageId) ?? {};
}
