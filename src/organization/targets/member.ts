import { DescribeRegionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { memoize } from '@smithy/core/config';
import { type Clients, createClients } from '../../aws/clients.ts';
import { failureOf, unlessGone } from '../../aws/errors.ts';
import { listOf } from '../../aws/requests.ts';
import { JanitorError } from '../../model/errors.ts';
import type { RunContext } from '../run.ts';
import { readTargets } from './targets.ts';

/** The version of `deploy/organization/member.yml` that this program needs. */
export const MEMBER_TEMPLATE_VERSION = 2;

/** A target can't be read or acted on; the sentence says what to do. */
export class TargetError extends JanitorError {
  override readonly name = 'TargetError';
}

/** A member account, by the role that was assumed there. */
export interface Member {
  /** The clients of a Region; the same ones each time. */
  readonly at: (region: string) => Clients;
  readonly destroy: () => void;
}

/** Credentials are renewed so long before they end. */
const RENEW_MILLISECONDS = 5 * 60_000;

/** Whose member accounts are opened: the run's id stands in the session's name, so that CloudTrail names it. */
export interface MemberContext extends Pick<RunContext, 'home' | 'members' | 'clock'> {
  readonly run: { readonly runId: string };
}

/**
 * Assumes the role of a member account, and makes sure that its template is new enough.
 * @param role acting needs `act`
 * @throws TargetError where the role can't be assumed or the template is too old
 */
export async function openMember(context: MemberContext, accountId: string, role: 'read' | 'act'): Promise<Member> {
  const { members: settings } = context;
  const credentials = credentialsOf(context, accountId, role);
  await credentials();
  const opened = new Map<string, Clients>();
  const at = (region: string): Clients => {
    const clients = opened.get(region) ?? createClients(region, { ...settings.clients, sending: { credentials } });
    opened.set(region, clients);
    return clients;
  };
  const destroy = () => {
    for (const clients of opened.values()) clients.destroy();
  };
  try {
    await checkTemplate(at(settings.homeRegion), settings.templateParameter, accountId);
    return { at, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}

/**
 * EC2 of a member account, to ask what can be asked of many: its connections are those of the janitor's own EC2 client, and
 * are closed with it. What keeps the role from being assumed is what the first request throws.
 */
export function memberEc2(context: MemberContext, accountId: string, region: string): EC2Client {
  const { members: settings, home } = context;
  const sending = {
    credentials: credentialsOf(context, accountId, 'read'),
    requestHandler: home.ec2.config.requestHandler,
  };
  return createClients(region, { ...settings.clients, sending }).ec2;
}

/** Credentials of a role that all clients of the account share. */
function credentialsOf(context: MemberContext, accountId: string, role: 'read' | 'act') {
  return memoize(
    () => assumeRole(context, accountId, role),
    ({ expiration }) => expiration.getTime() - context.clock().getTime() < RENEW_MILLISECONDS,
  );
}

async function assumeRole({ run, home, members: settings }: MemberContext, accountId: string, role: 'read' | 'act') {
  const name = role === 'act' ? settings.actRole : settings.readRole;
  const RoleArn = `arn:${partitionOf(settings.homeRegion)}:iam::${accountId}:role/${name}`;
  try {
    const { Credentials: given } = await home.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: `ami-janitor-${run.runId}`, ExternalId: settings.externalId }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new TargetError(`the answer to assuming ${RoleArn} has no credentials, so it is not AWS's`);
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  } catch (error) {
    if (error instanceof TargetError) throw error;
    const { kind, sentence } = failureOf(error);
    const next =
      kind === 'denied'
        ? '; deploy the member template there, with this janitor’s account and external id, or leave the account out (targets.except)'
        : '';
    throw new TargetError(`the role ${RoleArn} could not be assumed: ${sentence}${next}`, { cause: error });
  }
}

async function checkTemplate({ ssm, region }: Clients, Name: string, accountId: string): Promise<void> {
  const asked = unlessGone('ParameterNotFound', ssm.send(new GetParameterCommand({ Name })));
  const answer = await asked.catch((cause: unknown) => {
    const why = failureOf(cause).sentence;
    throw new TargetError(`the parameter ${Name} in ${region} could not be read: ${why}`, { cause });
  });
  // Where there is none, or it holds something else, it tells of no version.
  const found = answer?.Parameter?.Value ?? '';
  const version = /^\d{1,6}$/.test(found) ? Number(found) : 0;
  if (version >= MEMBER_TEMPLATE_VERSION) return;
  const tells = version === 0 ? 'tells of no version' : `is of version ${version}`;
  throw new TargetError(
    `the member template in account ${accountId} ${tells} and ${MEMBER_TEMPLATE_VERSION} is needed; update the StackSet`,
  );
}

/** What the Regions of a partition begin with, where it is another one than `aws`. */
const PARTITIONS = {
  'cn-': 'aws-cn',
  'eu-isoe-': 'aws-iso-e',
  'eusc-': 'aws-eusc',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'us-isof-': 'aws-iso-f',
} as const;

/** The partition of a Region, as ARNs name it. */
export function partitionOf(region: string): string {
  return Object.entries(PARTITIONS).find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}

/** Opens the SSM of other targets of a run, each account once; nothing where an account is no target. */
export function ownersSsm(context: RunContext, members: Member[]): NonNullable<Clients['ownersSsm']> {
  const opened = new Map<string, Promise<Member | undefined>>();
  const open = async (accountId: string): Promise<Member | undefined> => {
    const targets = await readTargets(context.store, context.run);
    if (!targets.some((target) => target.accountId === accountId)) return undefined;
    const member = await openMember(context, accountId, 'read');
    members.push(member);
    return member;
  };
  return async (accountId, region) => {
    const member = opened.get(accountId) ?? open(accountId);
    opened.set(accountId, member);
    return (await member)?.at(region).ssm;
  };
}

/** Every Region that there is, enabled or not, and what AWS says of it: `opt-in-not-required`, `opted-in`, `not-opted-in`. */
export async function readRegions({ ec2 }: Clients): Promise<Map<string, string>> {
  const { Regions } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  return new Map(
    listOf(Regions, 'Regions').map(({ RegionName = '', OptInStatus = 'opt-in-not-required' }) => [
      RegionName,
      OptInStatus,
    ]),
  );
}

/** Why a Region is no target in an account; nothing where it is one. @param regions what AWS says of the account's */
export function whyNotEnabled(regions: ReadonlyMap<string, string>, region: string): string | undefined {
  const status = regions.get(region);
  if (status === undefined) return `AWS knows no Region ${region}`;
  return status === 'not-opted-in' ? `the Region ${region} is not enabled in the account` : undefined;
}
