import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { listOf } from '../aws/pages.ts';
import type { InteractionLog } from '../notify/interaction/interaction-log.ts';
import type { SignedCall } from '../notify/interaction/signature.ts';

/** Where one press is recorded. */
interface PressLogRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly accountId: string;
  /** A call whose signature was checked. */
  readonly call: SignedCall;
  readonly signal: AbortSignal;
}

/** Presses within so long may be at work at the same moment: each ends within seconds, and clocks differ. */
const TOGETHER_MILLISECONDS = 120_000;
const MOST_TOGETHER = 100;

/**
 * The audit trail of buttons: `audit/buttons/ACCOUNT/YYYY/MM/DD/HHMMSS-ID.json` for each signed call, written once and
 * before the press has an effect, and `….done.json` after it. The time is that of Slack's signature, so that the same
 * call has the same name and those of the last minutes stand together.
 */
export function interactionLog({
  s3,
  bucket: Bucket,
  accountId,
  call,
  signal: abortSignal,
}: PressLogRequest): InteractionLog {
  const folder = `audit/buttons/${accountId}/`;
  const time = new Date(Number(call.timestamp) * 1000);
  const id = createHash('sha256').update(`${call.timestamp} ${call.body}`).digest('hex').slice(0, 40);
  const name = `${folder}${placeOf(time)}-${id}`;
  const add = (Key: string, value: object) =>
    s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: `${JSON.stringify(value)}\n`,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
      { abortSignal },
    );
  const isThere = async (Key: string): Promise<boolean> => {
    try {
      await s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
      return true;
    } catch (error) {
      if (failureOf(error).kind === 'not-found') return false;
      throw error;
    }
  };
  return {
    begin: async (record) => {
      try {
        await add(`${name}.json`, record);
        return 'new';
      } catch (error) {
        if (!wasThere(error)) throw error;
        return (await isThere(`${name}.done.json`)) ? 'done' : 'unfinished';
      }
    },
    finish: async () => {
      await add(`${name}.done.json`, { schemaVersion: 1, doneAt: new Date().toISOString() }).catch((error: unknown) => {
        if (!wasThere(error)) throw error;
      });
    },
    recent: async () => {
      const StartAfter = `${folder}${placeOf(new Date(time.getTime() - TOGETHER_MILLISECONDS))}`;
      const listed = await s3.send(
        new ListObjectsV2Command({ Bucket, Prefix: folder, StartAfter, MaxKeys: MOST_TOGETHER }),
        { abortSignal },
      );
      const keys = (listed.KeyCount === 0 ? [] : listOf(listed.Contents, 'Contents'))
        .flatMap(({ Key = '' }) => Key)
        .filter((key) => !key.endsWith('.done.json') && key !== `${name}.json`);
      return Promise.all(
        keys.map(async (Key) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
          return (await Body?.transformToString()) ?? '';
        }),
      );
    },
  };
}

/** `2026/11/21/020000` */
function placeOf(time: Date): string {
  const [day = '', clock = ''] = time.toISOString().split('T');
  return `${day.replaceAll('-', '/')}/${clock.slice(0, 'hh:mm:ss'.length).replaceAll(':', '')}`;
}

/** S3's words for an object that is there, or that two write at the same moment. */
function wasThere(error: unknown): boolean {
  return error instanceof Error && /^(PreconditionFailed|ConditionalRequestConflict)$/.test(error.name);
}
