import * as z from 'zod';
import { REGION } from '../model/ids.ts';
import type { Mode } from '../model/run.ts';
import type { Environment } from './environment.ts';
import { parseInput, RefusedError } from './errors.ts';

const S3_URI = /^s3:\/\/[^/]+\/.+/;
const POLICY_IS = 'must be "s3://BUCKET/KEY" or the policy itself as an object';

const schema = z.strictObject({
  mode: z.enum(['dry-run', 'enforce']).default('dry-run'),
  policy: z
    .union([z.string().regex(S3_URI, POLICY_IS), z.record(z.string(), z.unknown())], { error: POLICY_IS })
    .optional(),
  regions: z
    .array(
      z.string().regex(REGION, 'must be a Region such as "eu-west-1"'),
      'must be a list of Regions such as ["eu-west-1"]',
    )
    .min(1, 'must name a Region, or be left out')
    .optional(),
  at: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'must be a time such as "2026-12-24T00:00:00Z"' })
    .transform((text) => new Date(text))
    .optional(),
  startedBy: z.string('must be text').min(1, 'must not be empty').max(256, 'must be at most 256 characters').optional(),
});

/** What a schedule or a person asks of a function; nothing given means a dry run of the function's own Region. */
export type JanitorEvent = z.infer<typeof schema>;

/**
 * Reads the event; throws one sentence that names every value that is wrong. Whoever may invoke a function chooses what
 * a dry run asks. What an enforcing run does, the deployment alone decides: its policy, its Regions, the present.
 */
export function parseEvent(event: unknown): JanitorEvent {
  const parsed = parseInput(schema, event ?? {}, 'The event', Object.keys(schema.shape));
  const problems = parsed.mode === 'enforce' ? ONLY_DRY.filter(({ key }) => parsed[key] !== undefined) : [];
  if (problems.length > 0)
    throw new RefusedError(`The event is not valid: ${problems.map(({ problem }) => problem).join('; ')}.`);
  return parsed;
}

const ONLY_DRY = [
  {
    key: 'policy',
    problem:
      '"policy" goes with "mode": "dry-run" only, since an enforcing run takes the deployment\'s own policy; leave it out',
  },
  { key: 'at', problem: '"at" plans for another time, so it goes with "mode": "dry-run" only' },
] as const;

/** @throws RefusedError where a run is to act and the deployment only reports */
export function requireMayEnforce(
  mode: Mode,
  { mayEnforce }: Environment,
  next = 'deploy with enforce=true to act',
): void {
  if (mode === 'enforce' && !mayEnforce)
    throw new RefusedError(`This deployment only reports (JANITOR_ENFORCE is not "true"); ${next}.`);
}

/**
 * The Regions that a function of one account goes through: its own, where the event names none.
 * @throws RefusedError where an enforcing run is to go to one that the deployment does not serve
 */
export function regionsOf({ mode, regions }: JanitorEvent, environment: Environment): string[] {
  const asked = [...new Set(regions ?? [environment.region])];
  const strange = mode === 'enforce' ? asked.filter((region) => !environment.regions.includes(region)) : [];
  if (strange.length > 0)
    throw new RefusedError(
      `The event is not valid: with "mode": "enforce" "regions" may name only those that the deployment serves (${environment.regions.join(', ')}), not ${strange.join(', ')}; deploy with the parameter "regions" to serve more.`,
    );
  return asked;
}
