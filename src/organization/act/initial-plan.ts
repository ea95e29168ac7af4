import type { Plan } from '../../model/plan.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { parseRecording } from '../../recording/read.ts';
import { OBJECT } from '../s3-keys.ts';
import type { RegionTargetRequest } from '../target-request.ts';

/**
 * The plan of a place's first round, from the recording that it left; nothing where there is none yet.
 * @throws Error where the recording can't be read: what a round may do is not known then
 */
export async function initialPlan({ store, place, run }: RegionTargetRequest): Promise<Plan | undefined> {
  const text = await store.readText(OBJECT.planned(place));
  if (text === undefined) return undefined;
  const parsed = parseRecording(text);
  if (!parsed.ok) throw new Error(`${store.keyOf(OBJECT.planned(place))} is no recording: ${parsed.problem}`);
  return makePlan(parsed.account, run.policy, run.record.at ?? parsed.account.observedAt);
}
