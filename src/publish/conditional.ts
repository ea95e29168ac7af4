import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { isWriteConflict } from '../aws/s3-objects.ts';

/** An object as it is written. */
export interface WrittenObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: string | Uint8Array;
  readonly ContentType: string;
}

const TRIES = 6;
/** Of when an object tells; S3 keeps it beside the object. */
const TOLD_OF = 'observed-at';

/**
 * Writes an object over an older one only. Of several that write at once the newest stands in the end, whatever the
 * order in which they come.
 * @param observedAt of when it tells (ISO 8601)
 * @returns false where a newer one is there
 */
export async function putNewest(s3: S3Client, object: WrittenObject, observedAt: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const there = await headOf(s3, object);
    if (there !== undefined && there.observedAt > observedAt) return false;
    const condition = there === undefined ? { IfNoneMatch: '*' } : { IfMatch: there.eTag };
    try {
      await s3.send(new PutObjectCommand({ ...object, ...condition, Metadata: { [TOLD_OF]: observedAt } }));
      return true;
    } catch (error) {
      if (attempt === TRIES || !isWriteConflict(error)) throw error;
    }
  }
}

/** Writes an object that one run alone writes: once, and over what an earlier try of that run left. */
export async function putOwn(s3: S3Client, object: WrittenObject): Promise<void> {
  try {
    await s3.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' }));
  } catch (error) {
    if (!isWriteConflict(error)) throw error;
    const there = await headOf(s3, object);
    await s3.send(new PutObjectCommand({ ...object, ...(there && { IfMatch: there.eTag }) }));
  }
}

/** What stands at a key; nothing where there is nothing. */
export async function headOf(
  s3: S3Client,
  { Bucket, Key }: Pick<WrittenObject, 'Bucket' | 'Key'>,
): Promise<{ readonly eTag: string | undefined; readonly observedAt: string } | undefined> {
  try {
    const { ETag: eTag, Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return { eTag, observedAt: Metadata[TOLD_OF] ?? '' };
  } catch (error) {
    if (failureOf(error).kind === 'not-found') return undefined;
    throw error;
  }
}
