import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { _Object } from '@aws-sdk/client-s3';
import { BrokenAnswerError } from '../aws/requests.ts';
import { getObject, listObjects } from '../aws/s3-objects.ts';
import { type ImageId, ImageIdSearch } from '../model/ids.ts';
import { type Finder, type FinderContext, UnreadableSourceError } from './finder.ts';
import { reference } from './findings.ts';

/** Files, and objects below S3 prefixes, that the policy lists (`references.documents`), searched for image ids. */
export const documents: Finder = {
  source: 'documents',
  async *find(context) {
    const empty: string[] = [];
    for (const { pattern: path, mayBeEmpty } of context.settings.documents) {
      const searched = path.startsWith('s3://') ? readPrefix(context, path) : readFile(path, mayBeEmpty);
      let documents = 0;
      for await (const { document, imageIds } of searched) {
        documents += 1;
        context.requests.items += 1;
        for (const imageId of imageIds) yield { finds: 'image', imageId, reference: reference('document', document) };
      }
      if (documents === 0 && !mayBeEmpty) empty.push(path);
    }
    if (empty.length > 0) {
      const names = empty.map((path) => `"${path}"`).join(', ');
      throw new UnreadableSourceError(
        `there is nothing at ${names} of references.documents; correct it, or say { path: …, mayBeEmpty: true }`,
      );
    }
  },
};

interface SearchedDocument {
  readonly document: string;
  readonly imageIds: readonly ImageId[];
}

async function* readFile(path: string, mayBeEmpty: boolean): AsyncGenerator<SearchedDocument> {
  try {
    yield { document: path, imageIds: await imageIdsOf(createReadStream(path, 'utf8')) };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!(isMissing && mayBeEmpty)) throw error;
  }
}

async function* readPrefix(context: FinderContext, uri: string): AsyncGenerator<SearchedDocument> {
  const { clients, requests } = context;
  const [bucket = '', ...path] = uri.slice('s3://'.length).split('/');
  const pages = listObjects(clients.s3, { Bucket: bucket, Prefix: path.join('/') }, requests);
  for await (const listed of pages) {
    // The console makes a folder of an empty object; that is no document.
    const objects = listed.filter(({ Key = '', Size }) => !(Key.endsWith('/') && Size === 0));
    const searched = await requests.sendAll(objects, (listed) => readObject(context, bucket, listed));
    yield* searched.flat();
  }
}

async function readObject(
  { clients, requests }: FinderContext,
  bucket: string,
  { Key: key = '', Size }: _Object,
): Promise<SearchedDocument[]> {
  const document = `s3://${bucket}/${key}`;
  const answer = await requests.send(() => getObject(clients.s3, { Bucket: bucket, Key: key }));
  // Deleted since it was listed.
  if (answer === undefined) return [];
  // Any text is a document, a proxy's error page too; only its length tells it from what S3 listed.
  if (!(answer.Body instanceof Readable) || answer.ContentLength !== Size) {
    if (answer.Body instanceof Readable) answer.Body.destroy();
    throw new BrokenAnswerError(
      `the answer for ${document} is not what S3 listed; it changed meanwhile, or is not S3's`,
    );
  }
  return [{ document, imageIds: await imageIdsOf(answer.Body) }];
}

/** Every image id in a stream of text of any length, of which only a piece is held at a time. */
async function imageIdsOf(stream: Readable): Promise<readonly ImageId[]> {
  const search = new ImageIdSearch();
  stream.setEncoding('utf8');
  for await (const piece of stream) search.add(String(piece));
  return search.end();
}
