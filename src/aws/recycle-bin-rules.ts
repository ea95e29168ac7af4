import { setTimeout as sleep } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { loadConfig } from '@smithy/core/config';
import { collectBody } from '@smithy/core/protocols';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { HttpRequest, parseUrl } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import { parseJson } from '../text/json.ts';
import { isSdkError } from './errors.ts';

/** Reads the rules of the Recycle Bin's own service (rbin); answers are as they came. */
export interface RecycleBinRules {
  /** `rbin:ListRules`: a page of the rules for `EC2_IMAGE` or `EBS_SNAPSHOT`. */
  readonly list: (resourceType: string, nextToken: string | undefined) => Promise<unknown>;
  /** `rbin:GetRule`: all of one rule, its exclusions included. */
  readonly get: (identifier: string) => Promise<unknown>;
}

/** An error in AWS's own words, named by its code, as the SDK's clients throw theirs. */
class RecycleBinError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(code: string, message: string, httpStatusCode: number) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode };
  }
}

/** The whole of a request, retries included, may take so long. */
const DEADLINE_MILLISECONDS = 60_000;
const MOST_RESULTS = 1000;

/**
 * Calls rbin with the credentials, connections and retries of an EC2 client: the package for it that npm has
 * (3.523.0) drops a rule's exclusion tags. See docs/decisions/0030.
 * @param endpoint where else to send, as the clients do; `AWS_ENDPOINT_URL_RBIN` and `AWS_ENDPOINT_URL` count too
 */
export function createRecycleBinRules(ec2: EC2Client, region: string, endpoint?: string): RecycleBinRules {
  const send = async (method: string, path: string, body: string): Promise<unknown> => {
    const url = parseUrl(endpoint ?? (await configuredEndpoint()) ?? (await regionalEndpoint(ec2, region)));
    const { port } = url;
    const request = new HttpRequest({
      protocol: url.protocol,
      hostname: url.hostname,
      ...(port !== undefined && { port }),
      method,
      path: `${url.path.replace(/\/$/, '')}${path}`,
      headers: {
        host: `${url.hostname}${port === undefined ? '' : `:${port}`}`,
        ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      },
      body,
    });
    const { credentials, sha256 } = ec2.config;
    const signer = new SignatureV4({ credentials, region, service: 'rbin', sha256 });
    return answerOf(ec2, new HttpRequest(await signer.sign(request)));
  };
  return {
    list: (ResourceType, NextToken) =>
      retried(ec2, () =>
        send('POST', '/list-rules', JSON.stringify({ ResourceType, MaxResults: MOST_RESULTS, NextToken })),
      ),
    get: (identifier) => retried(ec2, () => send('GET', `/rules/${encodeURIComponent(identifier)}`, '')),
  };
}

async function answerOf(ec2: EC2Client, request: HttpRequest): Promise<unknown> {
  const { response } = await ec2.config.requestHandler.handle(request, {
    abortSignal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
  });
  const text = (await collectBody(response.body, ec2.config)).transformToString('utf8');
  if (response.statusCode < 300) return JSON.parse(text);
  const { code, message } = refusalOf(text);
  const name = String(response.headers['x-amzn-errortype'] ?? code ?? `HTTP ${response.statusCode}`);
  // `Name:http://…` in the header, `namespace#Name` in the body.
  throw new RecycleBinError(name.replace(/^[^:]*#|:.*$/g, ''), message, response.statusCode);
}

const said = z.string().optional().catch(undefined);
const refusal = z.object({ __type: said, code: said, message: said, Message: said });

function refusalOf(text: string): { readonly code: string | undefined; readonly message: string } {
  const { success, data } = refusal.safeParse(parseJson(text));
  if (!success) return { code: undefined, message: 'the answer is not AWS’s' };
  return { code: data.__type ?? data.code, message: data.message ?? data.Message ?? '' };
}

/** Tries again as the client would, out of the same store of retries. */
async function retried<Answer>(ec2: EC2Client, send: () => Promise<Answer>): Promise<Answer> {
  const strategy = await ec2.config.retryStrategy();
  if (!('acquireInitialRetryToken' in strategy)) return send();
  let token = await strategy.acquireInitialRetryToken('rbin');
  for (;;) {
    try {
      const answer = await send();
      strategy.recordSuccess(token);
      return answer;
    } catch (error) {
      const errorType = retryTypeOf(error);
      if (errorType === undefined) throw error;
      try {
        token = await strategy.refreshRetryTokenForRetry(token, { errorType });
      } catch {
        throw error;
      }
      await sleep(token.getRetryDelay());
    }
  }
}

function retryTypeOf(error: unknown): 'THROTTLING' | 'TRANSIENT' | undefined {
  if (!isSdkError(error) || error.name === 'TimeoutError') return undefined;
  if (isThrottlingError(error)) return 'THROTTLING';
  return isTransientError(error) || isServerError(error) ? 'TRANSIENT' : undefined;
}

/** Where the environment or the profile sends all of AWS, or Recycle Bin alone. */
async function configuredEndpoint(): Promise<string | undefined> {
  const ignored = process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';
  if (ignored) return undefined;
  return loadConfig<string | undefined>({
    environmentVariableSelector: (env) => env.AWS_ENDPOINT_URL_RBIN || env.AWS_ENDPOINT_URL,
    configFileSelector: (profile) => profile.endpoint_url,
    default: undefined,
  })();
}

/** AWS's own: EC2's name for the Region with rbin before it, so that every partition has its right one. */
async function regionalEndpoint(ec2: EC2Client, region: string): Promise<string> {
  const { url } = ec2.config.endpointProvider({
    Region: region,
    UseFIPS: await ec2.config.useFipsEndpoint(),
    UseDualStack: await ec2.config.useDualstackEndpoint(),
  });
  return url.href.replace('://ec2', '://rbin');
}
