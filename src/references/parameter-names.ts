import { inBatches } from '../aws/requests.ts';

/** `NAME`, `NAME:VERSION` or `NAME:LABEL` (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html). */
const NAME = /^[\w./-]{1,2048}(?::[\w.-]{1,100})?$/;
/** An ARN of one. */
const ARN = /^arn:aws[\w-]*:ssm:[a-z0-9-]+:(\d{12})?:parameter\/?[\w./-]{1,2048}(?::[\w.-]{1,100})?$/;

/**
 * Whether a text can be a parameter's name. SSM does not say of what can't be one that there is none: it checks
 * the permission on everything, and a role that may read parameters alone is denied.
 */
export function canBeName(text: string): boolean {
  return NAME.test(text) || ARN.test(text);
}

/** Who was refused, as a denial says it: `User: arn:aws:sts::123456789012:assumed-role/…`. */
const CALLER = /arn:aws[\w-]*:(?:iam|sts)::(\d{12}):/;
/** The reading role's own fault, and not that of the parameter's owner: others here may launch with the parameter. */
const ROLE_IS_REFUSED = /explicit deny|because no (identity-based|service control|session|permissions boundary|vpc)/i;

/** Whether it names a parameter by an ARN with an account in it. */
export function namesAccount(name: string): boolean {
  return ARN.exec(name)?.[1] !== undefined;
}

/** The account and the Region that an ARN of a parameter names. */
export function ownerOf(name: string): { readonly accountId: string; readonly region: string } | undefined {
  const accountId = ARN.exec(name)?.[1];
  return accountId === undefined ? undefined : { accountId, region: name.split(':')[3] ?? '' };
}

/** Whether a denial means that another account does not share a parameter: nobody here can launch with it then. */
export function isNotShared(name: string, denial: string): boolean {
  const owner = ARN.exec(name)?.[1];
  return owner !== undefined && owner !== CALLER.exec(denial)?.[1] && !ROLE_IS_REFUSED.test(denial);
}

const NAMES_A_CALL = 10;

/** Batches of ten in which no parameter stands twice: it is undocumented whether two selectors of one may. */
export function batchesOf(names: ReadonlySet<string>): string[][] {
  const layers: string[][] = [];
  for (const selectors of Map.groupBy(names, baseOf).values()) {
    for (const [index, name] of selectors.entries()) {
      const layer = layers[index] ?? [];
      layer.push(name);
      layers[index] = layer;
    }
  }
  return layers.flatMap((layer) => inBatches(layer, NAMES_A_CALL));
}

/** A parameter's name without its version or label, the same for `name`, `/name` and an ARN of it. */
function baseOf(name: string): string {
  // An ARN has colons of its own: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME
  const base = name.startsWith('arn:') ? name.split(':')[5]?.replace(/^parameter/, '') : name.split(':', 1)[0];
  return (base ?? name).replace(/^\//, '');
}
