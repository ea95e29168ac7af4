/** What a denial says beside its code. */
interface Denial {
  /** The IAM action that was refused, where AWS says so. */
  readonly permission?: string;
  /** What is wrong, and AWS's own reason where it gives one; without a full stop. */
  readonly why: string;
}

/** `User: arn:… is not authorized to perform: ec2:DescribeImages on resource: arn:…` */
const PERMISSION = /not authorized to perform:? ([a-zA-Z0-9-]+:[a-zA-Z0-9]+)/;
const RESOURCE = /not authorized to perform:? \S+ on resource: (\S+)/;
/**
 * How AWS says which policy decided
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
const EXPLICIT = /with an explicit deny in an? ([a-z -]+?)(?=:|\.|,|$)(?:: (arn:[^\s,]+))?/i;
const IMPLICIT = /because (no [a-z -]+? allows the \S+ action)/i;
/** What says no more than the code does, and what nobody can read. */
const EMPTY =
  /^(you are not authorized( to perform this operation)?|access denied|forbidden|denied|unknownerror)?\.?$/i;
const ENCODED = / ?Encoded authorization failure message: \S+/;

/**
 * Reads a denial. A policy that forbids something explicitly wins over every permission, so that it is distinguished from
 * a permission that is missing.
 */
export function denialOf(code: string, message: string): Denial {
  const permission = PERMISSION.exec(message)?.[1];
  const found = permission === undefined ? {} : { permission };
  if (code === 'OptInRequired')
    return { ...found, why: 'the account is not signed up for this service; sign up for it or switch the source off' };
  const resource = RESOURCE.exec(message)?.[1];
  const what = `${permission ?? 'it'}${resource === undefined || resource === '*' ? '' : ` on ${resource}`}`;
  const [, policy, arn] = EXPLICIT.exec(message) ?? [];
  if (policy !== undefined) {
    const which = `${policy}${arn === undefined ? '' : ` (${arn})`}`;
    return { ...found, why: `an explicit deny in a ${which} forbids ${what}; a permission of the role does not help` };
  }
  if (permission !== undefined) {
    const reason = IMPLICIT.exec(message)?.[1];
    return { ...found, why: `the role lacks the permission ${what}${reason === undefined ? '' : ` (${reason})`}` };
  }
  const said = firstSentence(message.replace(ENCODED, ''));
  return { ...found, why: `the role lacks a permission${said === '' ? '' : ` (${said})`}` };
}

function firstSentence(message: string): string {
  const line = (message.split('\n', 1)[0] ?? '').trim();
  if (EMPTY.test(line)) return '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.replace(/\.$/, '');
}
