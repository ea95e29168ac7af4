import fc from 'fast-check';
import type { Snapshot } from '../../src/model/image.ts';
import { ACCOUNT_ID, aSnapshot, daysAgo, imageId } from './account.ts';
import { ageDays, dateText, seldom } from './arbitrary-facts.ts';

/** A random snapshot of a small account, often of an image that is gone. */
export function snapshotOf(number: number, count: number): fc.Arbitrary<Snapshot> {
  const nightly = fc.constant({ description: 'nightly' });
  const ofImage = fc.integer({ min: count - 1, max: count + 3 }).chain((image) => {
    const id = imageId(Math.max(0, image));
    return fc.record({
      description: fc.constantFrom(
        'made by hand',
        `Created by CreateImage(i-0123456789abcdef0) for ${id}`,
        `Created by CreateImage(i-01234567) for ${id} from vol-01234567`,
        `Copied for DestinationAmi ${id} from SourceAmi ami-00000000 for SourceSnapshot snap-00000000. Task created.`,
      ),
      marks: fc.oneof(
        fc.constant<Record<string, string>>({}),
        fc.constantFrom('20261120T020000Z-0123abcd', '20200101T000000Z-0123abcd').map((run) => ({
          'ami-janitor:image': id,
          'ami-janitor:run': run,
        })),
        dateText.map((date) => ({ 'ami-janitor:image': id, 'ami-janitor:orphaned-at': date })),
        ageDays.map((days) => ({ 'ami-janitor:image': id, 'ami-janitor:orphaned-at': daysAgo(days).toISOString() })),
      ),
    });
  });
  return fc
    .record({
      ageDays,
      state: seldom('completed', 'pending'),
      ownerId: seldom(ACCOUNT_ID, '999999999999'),
      storageTier: seldom('standard', 'archive'),
      size: seldom<object>({ fullSizeBytes: 2 ** 33, volumeId: `vol-${number}` }, {}, { fullSizeBytes: 2 ** 33 }),
      of: fc.oneof({ weight: 1, arbitrary: nightly }, { weight: 3, arbitrary: ofImage }),
      held: seldom<Record<string, string>>({}, { Keep: 'true' }, { 'aws:dlm:x': '' }, { 'ami-janitor:keep': 'true' }),
    })
    .map(({ of, held, size, ...rest }) =>
      aSnapshot({
        number,
        ...size,
        ...rest,
        description: of.description,
        tags: { ...('marks' in of ? of.marks : {}), ...held },
      }),
    );
}
