import * as z from 'zod';
import { isImageId } from '../../model/ids.ts';
import type { Notice } from '../../model/notice.ts';
import type { Plan } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { dueNotices } from '../../plan/notices.ts';
import { noticeOf } from '../../report/notifications.ts';
import { buildReport } from '../../report/report.ts';
import type { OrganizationRun } from '../run-record.ts';

const date = z.iso.datetime().transform((text) => new Date(text));
const about = {
  name: z.string(),
  accountId: z.string(),
  region: z.string(),
  owner: z.string().exactOptional(),
};

/** What the owners of a place's images are to hear, as an object of the run holds it. */
export const targetNotifications = z.object({
  notices: z.array(
    z.object({
      ...about,
      imageId: z.string().refine(isImageId),
      deprecated: z.boolean(),
      disableAt: date.exactOptional(),
      deregisterAt: date.exactOptional(),
      isReminder: z.boolean(),
      why: z.string(),
    }),
  ),
  happenings: z.array(z.object({ ...about, imageId: z.string(), sentence: z.string() })),
});
export type TargetNotifications = Readonly<z.output<typeof targetNotifications>>;

/** What owners are to hear of what a plan holds for their images. */
export function noticesOf(plan: Plan, policy: Policy, run: OrganizationRun): Notice[] {
  const wanted = dueNotices(plan, policy);
  if (wanted.length === 0) return [];
  const info = { runId: run.record.runId, mode: 'dry-run' as const, policy: run.policySource };
  const report = buildReport({ run: info, plan, outcomes: [], ownerTag: policy.owners.tag });
  const images = new Map(report.images.map((image) => [image.imageId, image]));
  return wanted.flatMap((one) => {
    const { imageId } = one.decision.image;
    const image = images.get(imageId);
    return image === undefined ? [] : [noticeOf(one, imageId, image, plan.target)];
  });
}
