import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf, unlessGone } from '../aws/errors.ts';
import { getObject, isWriteConflict, putOver, replaceObject, type S3Location } from '../aws/s3-objects.ts';

/** An object as it is written. */
export interface WrittenObject extends S3Location {
  readonly Body: string | Uint8Array;
  readonly ContentType: string;
}

const TRIES = 6;
/** Of when an object tells; S3 keeps it beside the object. */
const TOLD_OF = 'observed-at';

/** Makes a write that rests on what it reads anew where somebody else was quicker. @throws what the last try threw */
export async function retried<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === TRIES || !isWriteConflict(error)) throw error;
    }
  }
}

/**
 * Writes an object over an older one only. Of several that write at once the newest stands in the end, whatever the
 * order in which they come.
 * @param observedAt of when it tells (ISO 8601)
 */
export async function putNewest(s3: S3Client, object: WrittenObject, observedAt: string): Promise<void> {
  await retried(async () => {
    const there = await headOf(s3, object);
    const newer = { ...object, Metadata: { [TOLD_OF]: observedAt } };
    if (there === undefined || there.observedAt <= observedAt) await putOver(s3, newer, there?.eTag);
  });
}

/** Writes an object that one run alone writes: once, and over what an earlier try of that run left. */
export async function putOwn(s3: S3Client, object: WrittenObject): Promise<void> {
  if (await replaceObject(s3, object, undefined)) return;
  const there = await headOf(s3, object);
  await s3.send(new PutObjectCommand({ ...object, ...(there && { IfMatch: there.eTag }) }));
}

/** Adds an object that is never written over, such as a run's audit records. @throws where another is there */
export async function putOnce(s3: S3Client, object: WrittenObject & { readonly Body: string }): Promise<void> {
  try {
    await putOver(s3, object, undefined);
  } catch (error) {
    // The answer to a first try can be lost on the way; the second then finds what the first has written.
    if (failureOf(error).code !== 'PreconditionFailed') throw error;
    const { Bucket, Key } = object;
    const there = await getObject(s3, { Bucket, Key });
    if ((await there?.Body?.transformToString()) !== object.Body) throw error;
  }
}

/** What stands at a key; nothing where there is nothing. */
export async function headOf(
  s3: S3Client,
  { Bucket, Key }: S3Location,
): Promise<{ readonly eTag: string | undefined; readonly observedAt: string } | undefined> {
  const head = await unlessGone('NotFound', s3.send(new HeadObjectCommand({ Bucket, Key })));
  return head && { eTag: head.ETag, observedAt: head.Metadata?.[TOLD_OF] ?? '' };
}
