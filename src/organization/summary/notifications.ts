import * as z from 'zod';
import { isImageId } from '../../model/ids.ts';

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
