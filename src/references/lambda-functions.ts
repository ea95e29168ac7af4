import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { essential, itemsOf } from '../aws/requests.ts';
import { type Finder, UnreadableSourceError } from './finder.ts';
import { reference, textFindings } from './findings.ts';

/** Lambda functions: image ids in the values of their environment variables, of which nothing else is kept. */
export const find: Finder['find'] = async function* ({ clients, requests }) {
  const listed = paginateListFunctions({ client: clients.of(LambdaClient) }, { MaxItems: 50 });
  const unreadable: string[] = [];
  for await (const { FunctionName, Environment } of itemsOf(listed, 'Functions', requests)) {
    const name = essential(FunctionName, 'FunctionName of a function');
    // A function without variables has none.
    if (Environment === undefined) continue;
    if (Environment.Error !== undefined) {
      unreadable.push(`${name} (${Environment.Error.ErrorCode ?? 'Error'})`);
      continue;
    }
    for (const [variable, value] of Object.entries(essential(Environment.Variables, `Variables of ${name}`)))
      yield* textFindings(value, reference('lambda:Function', name, `environment variable ${variable}`));
  }
  if (unreadable.length > 0) {
    throw new UnreadableSourceError(
      `Lambda could not decrypt the environment of ${firstOf(unreadable)}; let the role use their keys (kms:Decrypt), or switch the source off`,
    );
  }
};

function firstOf(names: readonly string[]): string {
  const more = names.length - 3;
  return more > 0 ? `${names.slice(0, 3).join(', ')} and ${more} more` : names.join(', ');
}
