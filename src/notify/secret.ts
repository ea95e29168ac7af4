import type { SSMClient } from '@aws-sdk/client-ssm';
import { failureOf } from '../aws/errors.ts';
import { JanitorError } from '../model/errors.ts';

/** Why nothing can be sent at all: a credential is missing, wrong or not accepted. It never holds the credential. */
export class CredentialError extends JanitorError {
  override readonly name = 'CredentialError';
}

/** Where secrets are read; Secrets Manager's client is made when a policy names it. */
export interface SecretSource {
  readonly ssm: SSMClient;
  readonly region: string;
}

/**
 * Reads a secret from where a policy says, anew each time: one that was changed counts at once.
 * @param location `ssm:NAME` or `secretsmanager:NAME`
 */
export async function readSecret(location: string, source: SecretSource): Promise<string> {
  const name = location.slice(location.indexOf(':') + 1);
  const read = location.startsWith('ssm:') ? fromSsm : fromSecretsManager;
  const value = await read(name, source).catch((error: unknown) => {
    // Powertools wraps what AWS said, and says it too.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new CredentialError(`the secret ${location} could not be read: ${failureOf(cause).sentence}`);
  });
  const text = value?.trim() ?? '';
  if (text === '') throw new CredentialError(`the secret ${location} is empty`);
  return text;
}

async function fromSsm(name: string, { ssm }: SecretSource): Promise<string | undefined> {
  const { SSMProvider } = await import('@aws-lambda-powertools/parameters/ssm');
  return new SSMProvider({ awsSdkV3Client: ssm }).get(name, { decrypt: true, forceFetch: true });
}

async function fromSecretsManager(name: string, { region }: SecretSource): Promise<string | undefined> {
  const { SecretsProvider } = await import('@aws-lambda-powertools/parameters/secrets');
  const value = await new SecretsProvider({ clientConfig: { region } }).get(name, { forceFetch: true });
  return typeof value === 'string' ? value : undefined;
}

/** @throws CredentialError where a secret is not a bot token; it is not repeated */
export function checkToken(token: string, location: string): string {
  if (!/^xox[a-z]-[A-Za-z0-9-]{8,}$/.test(token))
    throw new CredentialError(`the secret ${location} is not a bot token: it must be the token alone, such as xoxb-…`);
  return token;
}

/** @throws CredentialError where a secret is not the address of a webhook; it is not repeated */
export function checkWebhook(address: string, location: string, apiUrl: string | undefined): string {
  if (!isSlackHook(address, apiUrl))
    throw new CredentialError(
      `the secret ${location} is not the address of an incoming webhook: https://hooks.slack.com/services/…`,
    );
  return address;
}

/**
 * True for an address at which Slack takes messages and changes to them; nothing is sent to any other.
 * @param apiUrl another Slack than Slack's own, for tests; its addresses are taken too
 */
export function isSlackHook(address: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'https:' && /^hooks\.slack(?:-gov)?\.com$/.test(hostname)) return true;
  return apiUrl !== undefined && origin === new URL(apiUrl).origin;
}
