import * as z from 'zod';
import { nearestDuration, readDuration } from '../../model/dates.ts';
import { globProblem } from '../../model/glob.ts';
import { isImageId, REGION } from '../../model/ids.ts';
import { SEVERITIES } from '../../model/image.ts';
import type { GroupKey } from '../../model/policy.ts';
import type { Path } from '../../validation/problem.ts';
import type { Measure } from '../../validation/zod-issues.ts';

/** Longer than any AWS name, tag or description, and short enough that matching stays cheap. */
const LONGEST_PATTERN = 512;
const LARGEST_COUNT = 1_000_000;

export type CustomIssue = {
  readonly code: 'custom';
  readonly message: string;
  readonly path: (string | number)[];
  readonly params: { readonly nearest: string | undefined };
};

/** What a check found wrong, at a path below the one that it checked, with the nearest valid word. */
export function issue(message: string, path: (string | number)[] = [], nearest?: string): CustomIssue {
  return { code: 'custom', message, path, params: { nearest } };
}

/** A part that may be left out, and what the published schema says of it. */
export function optional<Schema extends z.ZodType>(says: string, schema: Schema): z.ZodExactOptional<Schema> {
  return z.exactOptional(schema).describe(says);
}

/** Plain text, not empty. */
export const text = z.string().min(1).max(LONGEST_PATTERN);

/** A glob; may be empty, since a tag's value may be. */
export const glob = z
  .string()
  .max(LONGEST_PATTERN)
  .superRefine((pattern, context) => {
    const problem = globProblem(pattern, false);
    if (problem) context.addIssue(issue(problem));
  });

const fieldGlob = glob.min(1);

/** One glob, or a list of which any may match. */
export const globs = z.union([fieldGlob.transform((one) => [one]), z.array(fieldGlob).min(1)]);

/** What one tag's value may be: a glob, or a list of which any may match. */
export const valueGlobs = z.union([glob.transform((one) => [one]), z.array(glob).min(1)]);
/** Of what is searched for. */
export const mayBeEmpty = optional(
  'Whether it is all right that nothing is there. Left out: false, and then every image is kept.',
  z.boolean(),
);

const severity = z
  .enum([...SEVERITIES, ...SEVERITIES.map((one) => one.toUpperCase())])
  .transform((written) => written.toLowerCase());

/** One of AWS's severities, or a list of which any may be meant; in capitals too, as Amazon Inspector writes them. */
export const severities = z.union([severity.transform((one) => [one]), z.array(severity).min(1)]);

/** `N` with min, h, d, w, mo or y. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(?:min|h|d|w|mo|y)$/, { error: ({ input }) => durationProblem(String(input)), abort: true })
  .transform((written, context) => {
    const read = readDuration(written);
    if (read) return read;
    context.addIssue(issue('must not be longer than 100 years'));
    return z.NEVER;
  });

/** A duration that keeps something: zero would keep nothing. */
export const keepDuration = duration.superRefine(({ milliseconds }, context) => {
  if (milliseconds === 0) context.addIssue(issue('must be longer than zero: this would keep nothing'));
});

/** A whole number from 1. */
export const count = z.int().min(1).max(LARGEST_COUNT);

/** A whole number from 0. */
export const countFromZero = z.int().min(0).max(LARGEST_COUNT);

/** `0%` to `100%`, as a number. */
export const percent = z
  .string()
  .regex(/^(?:100(?:\.0{1,3})?|\d{1,2}(?:\.\d{1,3})?)%$/, {
    error: 'must be a percentage from 0% to 100%, such as 25%',
  })
  .transform((written) => Number(written.slice(0, -1)));

/** An account's id. */
export const accountId = z
  .string()
  .regex(/^\d{12}$/, { error: 'must be an account id: 12 digits in quotes, such as "123456789012"' });

/** A Region's name. */
export const region = z.string().regex(REGION, { error: 'must be a Region such as eu-west-1' });

/** An AMI id. */
export const imageId = z.string().superRefine((written, context) => {
  if (!isImageId(written)) context.addIssue(issue('must be an AMI id: ami- and 8 or 17 hex digits'));
});

/** Where a credential lies; the credential itself does not belong in a policy, and is not repeated in a message. */
export const secretLocation = z
  .string()
  .regex(/^(?:ssm|secretsmanager):\S+$/, { error: 'must say where the secret lies: ssm:NAME or secretsmanager:NAME' });

/** One part of a group's key. */
export const groupKey = z.string().transform((written, context): GroupKey => {
  if (written === 'architecture') return { kind: 'architecture' };
  if (written.startsWith('tag:') && written.length > 4) return { kind: 'tag', key: written.slice(4) };
  const isName = written.startsWith('name:');
  const problem = isName ? globProblem(written, true) : 'must be tag:KEY, name:PATTERN or architecture';
  if (problem) context.addIssue(issue(problem, [], isName ? undefined : nearestGroupKey(written)));
  return { kind: 'name', pattern: written.slice(5) };
});

function nearestGroupKey(written: string): string {
  return /^arch/i.test(written) ? 'architecture' : `tag:${written.replace(/^tags?[:.]?/i, '') || 'KEY'}`;
}

/** The entries of a mapping from tag keys to what their values must be. */
export function tagEntries<Value>(
  tags: Readonly<Record<string, Value>>,
): { readonly key: string; readonly value: Value }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Why a text is no duration. Other tools read `m` as minutes or as months, and the difference is an image's life. */
function durationProblem(written: string): string {
  const amount = /^\s*(\d{1,9})\s*m\s*$/i.exec(written)?.[1];
  return amount === undefined
    ? 'must be a duration: a whole number with min, h, d, w, mo (30 days) or y, such as 30d'
    : `must say whether m is minutes or months: write ${amount}min or ${amount}mo (a month is 30 days)`;
}

const DURATION: Measure = { words: 'a duration, such as 30d', nearest: nearestDuration };
const PERCENT: Measure = {
  words: 'a percentage, such as 25%',
  nearest: (value) => /^\d{1,2}$/.exec(String(value))?.[0].concat('%'),
};

/** What a number is a measure of at a path, where it needs a unit. */
export function measureAt(at: Path): Measure | undefined {
  const key = String(at.at(-1));
  if (key === 'stopAbove') return PERCENT;
  return /^(?:youngerThan|olderThan|launchedWithin|after|deleteAfter|notice|cancelUnusedAfter)$/.test(key)
    ? DURATION
    : undefined;
}
