import { policySchemaJson } from '../../policy/language/schema.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { type Io, print } from '../io.ts';
import { readPolicy } from '../read-policy.ts';

/** Checks a policy file; errors come with line and column. */
export async function checkPolicy(io: Io, file: string): Promise<ExitCode> {
  const { policy } = await readPolicy(file);
  const rules = policy.rules.length === 1 ? '1 rule' : `${policy.rules.length} rules`;
  await print(io, `${file} is a valid policy with ${rules}.`);
  return EXIT.done;
}

/** Prints the policy's JSON Schema. */
export async function printPolicySchema(io: Io): Promise<ExitCode> {
  await print(io, JSON.stringify(policySchemaJson(), null, 2));
  return EXIT.done;
}
