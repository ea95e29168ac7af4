import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { listOf, pages } from '../aws/pages.ts';
import { type ImageId, imageIdsIn } from '../model/ids.ts';
import type { Finder, FinderContext } from './finder.ts';
import { reference } from './image-value.ts';

/** Files, and objects below S3 prefixes, that the policy lists (`references.documents`), searched for image ids. */
export const documents: Finder = {
  source: 'documents',
  after: [],
  async *find(context) {
    for (const place of context.settings.documents) {
      const named = place.startsWith('s3://') ? readPrefix(context, place) : readFile(place);
      for await (const { document, imageIds } of named) {
        for (const imageId of imageIds) yield { finds: 'image', imageId, reference: reference('document', document) };
      }
    }
  },
};

interface SearchedDocument {
  readonly document: string;
  readonly imageIds: readonly ImageId[];
}

async function* readFile(path: string): AsyncGenerator<SearchedDocument> {
  yield { document: path, imageIds: await imageIdsOf(createReadStream(path, 'utf8')) };
}

async function* readPrefix({ clients, requests }: FinderContext, place: string): AsyncGenerator<SearchedDocument> {
  const [bucket = '', ...path] = place.slice('s3://'.length).split('/');
  const answers = pages(
    (ContinuationToken) =>
      requests.send(() =>
        clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: path.join('/'), ContinuationToken })),
      ),
    (page) => page.NextContinuationToken,
  );
  for await (const page of answers) {
    // S3 leaves the list out where nothing is below the prefix; KeyCount tells that apart from a broken answer.
    const objects = page.KeyCount === 0 ? [] : listOf(page.Contents, 'Contents');
    for (const { Key } of objects) {
      const answer = await requests.send(() => clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key })));
      if (!(answer.Body instanceof Readable)) throw new Error(`s3://${bucket}/${Key} has no readable body`);
      yield { document: `s3://${bucket}/${Key}`, imageIds: await imageIdsOf(answer.Body) };
    }
  }
}

/** No image id is longer, with the character after it that ends it. */
const LONGEST_ID = 'ami-'.length + 17 + 1;

/** Every image id in a stream of text of any length, of which only a piece is held at a time. */
async function imageIdsOf(stream: Readable): Promise<ImageId[]> {
  const found = new Set<ImageId>();
  let tail = '';
  stream.setEncoding('utf8');
  for await (const piece of stream) {
    const text = tail + String(piece);
    for (const imageId of imageIdsIn(text)) found.add(imageId);
    tail = text.slice(-LONGEST_ID);
  }
  return [...found];
}
