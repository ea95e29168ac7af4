import * as z from 'zod';
import { type ImageId, isImageId } from '../../model/ids.ts';
import { longerKeep } from '../../model/keep.ts';

const keepRecord = z.object({
  schemaVersion: z.literal(1),
  action: z.enum(['keep', 'not-mine']),
  accountId: z.string(),
  slackUserId: z.string(),
  pressedAt: z.string(),
  until: z.string().exactOptional(),
  images: z.array(z.object({ region: z.string(), imageId: z.string(), owner: z.string().exactOptional() })),
});

/** A press in the audit trail. */
export type KeepRecord = Readonly<z.output<typeof keepRecord>>;

/** The audit trail as one press sees it. */
export interface InteractionLog {
  /**
   * Records the press before it has an effect. `done`: this very call came before and had its effect; `unfinished`:
   * it came before and had none, as far as is known, so that it may be carried out.
   */
  readonly begin: (record: KeepRecord) => Promise<'new' | 'unfinished' | 'done'>;
  /** Records that the press had its effect. */
  readonly finish: () => Promise<void>;
  /** What was recorded in the last minutes by other presses: they may be at work at this moment. */
  readonly recent: () => Promise<readonly string[]>;
}

/** Until when these presses want the images of a Region kept, the longest of each. */
export function wantedBy(records: readonly string[], region: string): Map<ImageId, string> {
  const wanted = new Map<ImageId, string>();
  for (const text of records) {
    const { until, images } = recordIn(text) ?? { until: undefined, images: [] };
    if (until === undefined) continue;
    for (const image of images) {
      if (image.region !== region || !isImageId(image.imageId)) continue;
      wanted.set(image.imageId, longerKeep(wanted.get(image.imageId), until) ?? until);
    }
  }
  return wanted;
}

function recordIn(text: string): KeepRecord | undefined {
  try {
    return keepRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
