import type { Clients } from '../aws/clients.ts';
import { UsageError } from './errors.ts';

/** Fails in one sentence where AWS's standard settings give no credentials, before any request is sent. */
export async function requireCredentials(clients: Clients): Promise<void> {
  try {
    await clients.ec2.config.credentials();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw new UsageError(`no AWS credentials were found (${why}); set AWS_PROFILE, or sign in with "aws sso login"`);
  }
}
