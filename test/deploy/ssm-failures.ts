import {
  GetDocumentCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

/** The errors of calls that fail, as the client throws them, and whether each is of the class that Powertools knows. */
export async function ssmFailures(endpoint: string): Promise<{ error: unknown; isMissing: boolean }[]> {
  const client = new SSMClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' },
    maxAttempts: 2,
  });
  const failures: { error: unknown; isMissing: boolean }[] = [];
  const keep = (error: unknown) => void failures.push({ error, isMissing: error instanceof ParameterNotFound });
  await client.send(new GetParameterCommand({ Name: '/none' })).catch(keep);
  await client.send(new GetDocumentCommand({ Name: 'none' })).catch(keep);
  // The second finds the first's there.
  const command = new PutParameterCommand({ Name: '/lock', Type: 'String', Value: 'a' });
  await client.send(command).catch(keep);
  await client.send(command).catch(keep);
  client.destroy();
  return failures;
}
