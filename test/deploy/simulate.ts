import {
  type EvaluationResult,
  runSimulation,
  runUnsafeSimulation,
  type Simulation,
} from '@cloud-copilot/iam-simulate';
import * as z from 'zod';
import { ACCOUNT, REGION, resolver, type Template } from './template.ts';

/** What a request carries beside its action: tags of the resource, tags and keys of the request, … */
export type RequestContext = Readonly<Record<string, string | string[]>>;

const roleShape = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
});
const managedShape = z.object({ PolicyDocument: z.unknown() });

type Policies = readonly { readonly name: string; readonly policy: unknown }[];
type PolicyRequest = Parameters<typeof resolvePolicies>;
const resolved = new WeakMap<Template, Map<string, Policies>>();

/** The identity policies of a role, as CloudFormation would make them. */
export function policiesOf(...request: PolicyRequest): Policies {
  const [template, ...rest] = request;
  const known = resolved.get(template) ?? new Map<string, Policies>();
  const key = JSON.stringify(rest);
  const policies = known.get(key) ?? resolvePolicies(...request);
  resolved.set(template, known.set(key, policies));
  return policies;
}

function resolvePolicies(
  template: Template,
  role: string,
  enforce: boolean,
  given: Readonly<Record<string, string>> = {},
): Policies {
  const { resolve } = resolver(template, enforce, given);
  const { ManagedPolicyArns, Policies } = roleShape.parse(resolve(template.Resources[role]?.Properties));
  const managed = ManagedPolicyArns.map((arn) => {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    return { name: id, policy: managedShape.parse(resolve(template.Resources[id]?.Properties)).PolicyDocument };
  });
  return [
    ...managed,
    ...Policies.map(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, policy: PolicyDocument })),
  ];
}

function simulation(policies: Policies, action: string, resource: string, context: RequestContext): Simulation {
  return {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/janitor`,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: { ...context },
    },
    identityPolicies: [...policies],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

/** Asks the policy simulator; an error of its own (an unknown action, a context key that does not apply) fails the test. */
export async function evaluate(
  policies: Policies,
  action: string,
  resource = '*',
  context: RequestContext = {},
): Promise<EvaluationResult> {
  const result = await runSimulation(simulation(policies, action, resource, context), {});
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  const ignored = result.resultType === 'single' ? (result.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new Error(`${action} on ${resource} does not know ${ignored.join(', ')}`);
  return result.overallResult;
}

/** Both the role and whoever assumes it are of one organization. */
export const IN_THE_ORGANIZATION = { 'aws:ResourceOrgID': 'o-exampleorg', 'aws:PrincipalOrgID': 'o-exampleorg' };

/** What a caller asks of a role in another account: both the caller's policies and the role's trust must allow it. */
export interface Assuming {
  readonly callerArn: string;
  readonly policies: Policies;
  readonly roleArn: string;
  readonly trust: unknown;
  readonly externalId?: string;
}

export async function mayAssume({
  callerArn,
  policies,
  roleArn,
  trust,
  externalId,
}: Assuming): Promise<EvaluationResult> {
  const contextVariables = {
    'aws:PrincipalArn': callerArn,
    ...IN_THE_ORGANIZATION,
    ...(externalId !== undefined && { 'sts:ExternalId': externalId }),
  };
  const asked: Simulation = {
    request: {
      principal: callerArn,
      action: 'sts:AssumeRole',
      resource: { resource: roleArn, accountId: roleArn.split(':')[4] ?? '' },
      contextVariables,
    },
    identityPolicies: [...policies],
    resourcePolicy: trust,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const result = await runSimulation(asked, {});
  if (result.resultType === 'error') throw new Error(`${callerArn} on ${roleArn}: ${JSON.stringify(result.errors)}`);
  return result.overallResult;
}

/** As `evaluate`, for thousands of requests of which the action and the resource come from the simulator's own data. */
export function evaluateMany(policies: Policies, action: string, resources: readonly string[]): EvaluationResult[] {
  return resources.map((resource) => runUnsafeSimulation(simulation(policies, action, resource, {}), {}));
}

/**
 * Whether a role's own policies allow it, whatever keys the context has: the simulator's data knows not all of them. A
 * key's policy has to allow it, too; the simulator asks none of a service that it does not know.
 */
export function isAllowed(
  policies: Policies,
  resource: string,
  context: RequestContext = {},
  action = 'kms:Decrypt',
): boolean {
  const unknown = (name: string) => name.replace(/^kms:/, 'key-service:');
  const read = (_: string, value: unknown) => (typeof value === 'string' ? unknown(value) : value);
  const own: Policies = JSON.parse(JSON.stringify(policies), read);
  return runUnsafeSimulation(simulation(own, unknown(action), resource, context), {}) === 'Allowed';
}

/**
 * Whether a role's own policies deny that SSM decrypts a parameter; the key's policy, which is not the stack's, must
 * allow it too. Without the simulator's checks: its data does not match keys of an encryption context.
 */
export function deniesDecrypting(policies: Policies, parameter: string): boolean {
  const context = {
    'kms:ViaService': `ssm.${REGION}.amazonaws.com`,
    'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${parameter}`,
  };
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
  return runUnsafeSimulation(simulation(policies, 'kms:Decrypt', key, context), {}) === 'ExplicitlyDenied';
}
