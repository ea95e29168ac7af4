import type { IncomingMessage } from 'node:http';
import type { WireRequest } from './protocols/protocol.ts';

/** Who signed a request, and for what. Signatures themselves are not checked: the endpoint holds no secrets. */
export interface SigningScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const CREDENTIAL = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

export function signingScopeOf(request: WireRequest): SigningScope | undefined {
  const [, accessKeyId, region, service] = CREDENTIAL.exec(String(request.headers.authorization ?? '')) ?? [];
  return accessKeyId === undefined || region === undefined || service === undefined
    ? undefined
    : { accessKeyId, region, service };
}

/** Takes the chunk framing off a body that was streamed with a signature or checksum for each chunk. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', offset);
    if (lineEnd < 0) break;
    const size = Number.parseInt(body.subarray(offset, lineEnd).toString().split(';')[0] ?? '', 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    offset = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** `bucket.127.0.0.1` and `bucket.localhost` name the bucket in the host; it is moved into the path. */
function pathWithBucket(host: string, path: string): string {
  const bucket = /^(.+)\.(?:127\.0\.0\.1|localhost)(?::\d+)?$/.exec(host)?.[1];
  return bucket === undefined ? path : `/${bucket}${path}`;
}

export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const streamed = String(message.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  return {
    method: message.method ?? 'GET',
    url: new URL(pathWithBucket(message.headers.host ?? '', message.url ?? '/'), 'http://127.0.0.1'),
    headers: message.headers,
    body: streamed ? unchunked(body) : body,
  };
}
