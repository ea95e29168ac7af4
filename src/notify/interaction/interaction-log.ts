import { createHash } from 'node:crypto';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { essential, listOf } from '../../aws/requests.ts';
import { getObject, replaceObject } from '../../aws/s3-objects.ts';
import { type ImageId, isImageId } from '../../model/ids.ts';
import { longerKeep } from '../../model/tags.ts';
import { parseJson } from '../../text/json.ts';
import type { SignedCall } from './interaction.ts';

const keepRecord = z.object({
  schemaVersion: z.literal(1),
  action: z.enum(['keep', 'not-mine']),
  accountId: z.string(),
  slackUserId: z.string(),
  pressedAt: z.string(),
  until: z.string().exactOptional(),
  images: z.array(z.object({ region: z.string(), imageId: z.string(), owner: z.string().exactOptional() })),
});

/** An interaction in the audit trail. */
export type KeepRecord = Readonly<z.output<typeof keepRecord>>;

interface LogRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly accountId: string;
  /** A call whose signature was checked. */
  readonly call: SignedCall;
  readonly signal: AbortSignal;
}

/** Interactions within so long may run at the same moment: each ends within seconds, and clocks differ. */
const TOGETHER_MILLISECONDS = 120_000;
const MOST_TOGETHER = 100;

/**
 * The audit trail of buttons: `audit/buttons/ACCOUNT/YYYY/MM/DD/HHMMSS-ID.json` for each signed call, written once and
 * before the interaction has an effect, and `….done.json` after it. The time is that of Slack's signature, so that the
 * same call has the same name and those of the last minutes stand together.
 */
export class InteractionLog {
  readonly #request: LogRequest;
  readonly #folder: string;
  readonly #name: string;
  readonly #time: Date;

  constructor(request: LogRequest) {
    const { accountId, call } = request;
    const id = createHash('sha256').update(`${call.timestamp} ${call.body}`).digest('hex').slice(0, 40);
    this.#request = request;
    this.#folder = `audit/buttons/${accountId}/`;
    this.#time = new Date(Number(call.timestamp) * 1000);
    this.#name = `${this.#folder}${pathOf(this.#time)}-${id}`;
  }

  /**
   * Records the interaction before it has an effect.
   * @returns false where this very call came before and had its effect, as far as is known
   */
  async begin(record: KeepRecord): Promise<boolean> {
    if (await this.#add(`${this.#name}.json`, record)) return true;
    return (await this.#read(`${this.#name}.done.json`)) === undefined;
  }

  /** Records that the interaction had its effect. */
  async finish(): Promise<void> {
    await this.#add(`${this.#name}.done.json`, { schemaVersion: 1, doneAt: new Date().toISOString() });
  }

  /** Until when other interactions of the last minutes want the images of a Region kept; they may run at this moment. */
  async wantedByOthers(region: string): Promise<Map<ImageId, string>> {
    const { s3, bucket: Bucket, signal: abortSignal } = this.#request;
    const StartAfter = `${this.#folder}${pathOf(new Date(this.#time.getTime() - TOGETHER_MILLISECONDS))}`;
    const list = new ListObjectsV2Command({ Bucket, Prefix: this.#folder, StartAfter, MaxKeys: MOST_TOGETHER });
    const listed = await s3.send(list, { abortSignal });
    const keys = (listed.KeyCount === 0 ? [] : listOf(listed.Contents, 'Contents'))
      .flatMap(({ Key = '' }) => Key)
      .filter((key) => !key.endsWith('.done.json') && key !== `${this.#name}.json`);
    const wanted = new Map<ImageId, string>();
    const texts = await Promise.all(keys.map(async (key) => essential(await this.#read(key), `object ${key}`)));
    for (const text of texts) {
      const { until, images = [] } = keepRecord.safeParse(parseJson(text)).data ?? {};
      for (const { region: at, imageId } of images) {
        if (until === undefined || at !== region || !isImageId(imageId)) continue;
        wanted.set(imageId, longerKeep(wanted.get(imageId), until) ?? until);
      }
    }
    return wanted;
  }

  /** @returns false where the object is there already */
  async #add(Key: string, value: object): Promise<boolean> {
    const { s3, bucket: Bucket, signal: abortSignal } = this.#request;
    const object = { Bucket, Key, Body: `${JSON.stringify(value)}\n`, ContentType: 'application/json' };
    return (await replaceObject(s3, object, undefined, { abortSignal })) !== undefined;
  }

  async #read(Key: string): Promise<string | undefined> {
    const { s3, bucket: Bucket, signal: abortSignal } = this.#request;
    return (await getObject(s3, { Bucket, Key }, { abortSignal }))?.Body?.transformToString();
  }
}

/** `2026/11/21/020000` */
function pathOf(time: Date): string {
  const [day = '', clock = ''] = time.toISOString().split('T');
  return `${day.replaceAll('-', '/')}/${clock.slice(0, 'hh:mm:ss'.length).replaceAll(':', '')}`;
}
