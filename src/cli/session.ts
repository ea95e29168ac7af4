import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { JournalReader } from '../journal/reader.ts';
import { REGION } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import type { ReferenceSettings } from '../model/reference-settings.ts';
import { type AccountReader, awsAccountReader, recordingReader } from '../observe/account-reader.ts';
import { parsePolicyFile } from '../policy/language/parse.ts';
import { parseRecording } from '../recording/read.ts';
import { problemText } from '../validation/problem.ts';
import { type Io, messageOf, UsageError } from './io.ts';
import type { PlanOptions } from './options.ts';
import { type Progress, startProgress } from './progress.ts';

/** Which account a command reads, and which bucket holds its journal. */
export type AccountSource = Pick<PlanOptions, 'region' | 'bucket'>;

/** The journal in the bucket that a command line names; none where it names none. */
export function journalOf({ env }: Io, { bucket }: AccountSource, { s3 }: Clients): JournalReader | undefined {
  const name = bucket ?? (env.REPORT_BUCKET || undefined);
  return name === undefined ? undefined : new JournalReader({ s3, bucket: name });
}

/** Runs something with AWS clients for a Region, and closes them. */
export async function withClients<Result>(
  io: Io,
  region: string | undefined,
  use: (clients: Clients) => Promise<Result>,
): Promise<Result> {
  const clients = io.connect(await regionFor(region));
  try {
    await requireCredentials(clients);
    return await use(clients);
  } finally {
    clients.destroy();
  }
}

/** Makes a reader of the account by the `references` section of a policy. */
export type ReaderFor = (settings: ReferenceSettings) => AccountReader;

/** Runs something with readers of the recording if one is named, else of AWS, with progress shown. */
export async function withReader<Result>(
  io: Io,
  from: AccountSource & { readonly recording?: string },
  use: (readerFor: ReaderFor) => Promise<Result>,
): Promise<Result> {
  const { recording: file } = from;
  if (file === undefined) return withSession(io, from, ({ readerFor }) => use(readerFor));
  const parsed = parseRecording(await readText(file, 'recording', `write one with "${io.command} record FILE"`));
  if (!parsed.ok) throw new UsageError(`${file} is not a recording that this version reads: ${parsed.problem}`);
  const reader = recordingReader(parsed.account);
  return use(() => reader);
}

/** What a command that acts on AWS works with. */
export interface Session {
  readonly clients: Clients;
  readonly progress: Progress;
  readonly readerFor: ReaderFor;
  /** Absent where no bucket is named. */
  readonly journal: JournalReader | undefined;
}

/** Runs something with readers of AWS and what it takes to act there, with progress shown. */
export async function withSession<Result>(
  io: Io,
  from: AccountSource,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  return withClients(io, from.region, async (clients) => {
    const progress = startProgress(io, `Reading ${clients.region}`);
    const journal = journalOf(io, from, clients);
    const readerFor: ReaderFor = (settings) =>
      awsAccountReader({ clients, settings, observer: progress, clock: io.now, journal });
    try {
      return await use({ clients, progress, readerFor, journal });
    } finally {
      progress.stop();
    }
  });
}

/** The Region of `--region`, or the one of AWS's standard settings. */
async function regionFor(given: string | undefined): Promise<string> {
  const region = given ?? (await new EC2Client({}).config.region().catch(() => undefined));
  if (region === undefined) throw new UsageError('no Region is set; give --region eu-west-1, or set AWS_REGION');
  if (REGION.test(region)) return region;
  const several = region.split(',').every((one) => REGION.test(one));
  throw new UsageError(
    several
      ? `${region}: this goes through one Region at a time; give one --region`
      : `"${region}" is not a Region; give one such as --region eu-west-1`,
  );
}

/** Fails in one sentence where AWS's standard settings give no credentials, before any request is sent. */
async function requireCredentials(clients: Clients): Promise<void> {
  try {
    await clients.ec2.config.credentials();
  } catch (error) {
    const why = messageOf(error).split('\n', 1)[0] ?? '';
    const profile = process.env.AWS_PROFILE || undefined;
    throw new UsageError(
      profile === undefined
        ? `no AWS credentials were found (${why}); set AWS_PROFILE, or sign in with "aws sso login"`
        : `no AWS credentials were found for the profile "${profile}" (${why}); check its name, or sign in with "aws sso login --profile ${profile}"`,
    );
  }
}

/** A policy and where it came from. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly policySource: { readonly source: string; readonly sha256: string };
}

/**
 * Reads a policy file.
 * @param inUse true where what is in use is protected whether the policy asks for it or not
 * @throws UsageError with every problem, each with its place
 */
export async function readPolicy(file: string, inUse = false): Promise<LoadedPolicy> {
  const { text, policy } = await parseFile(file);
  const protect = { ...policy.protect, inUse: policy.protect.inUse || inUse };
  return { policy: { ...policy, protect }, policySource: { source: file, sha256: sha256(text) } };
}

/**
 * Reads a policy file, with a way from its parts to their places in it.
 * @throws UsageError with every problem, each with its place
 */
export async function parseFile(file: string) {
  const text = await readText(file, 'policy', 'name another with --policy FILE');
  const { parsed, positionOf } = parsePolicyFile(text, file);
  if (!parsed.ok) throw new UsageError(parsed.problems.map(problemText).join('\n'));
  return { text, policy: parsed.policy, positionOf };
}

/** Reads a text file that the user named; throws one sentence where that fails. */
async function readText(file: string, what: string, next: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : code;
    throw new UsageError(`the ${what} ${file} can't be read: ${why}; ${next}`);
  }
}

/** What identifies a policy's text in reports. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
