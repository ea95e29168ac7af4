import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ImageMap, snapshotIdsOf } from '../../sandbox/image-map.ts';

test('who holds a snapshot is known after any run of changes', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const change = fc.record({
    imageId: ids,
    snapshots: fc.option(fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 3 })),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const images = new ImageMap();
      for (const { imageId, snapshots } of changes) {
        if (snapshots === null) images.delete(imageId);
        else images.set(imageId, { BlockDeviceMappings: snapshots.map((SnapshotId) => ({ Ebs: { SnapshotId } })) });
      }
      for (const snapshotId of ['1', '2', '3']) {
        const holders = [...images].filter(([, image]) => snapshotIdsOf(image).includes(snapshotId)).map(([id]) => id);
        const told = images.holderOf(snapshotId);
        if (told === undefined) expect(holders).toEqual([]);
        else expect(holders).toContain(told);
      }
    }),
  );
});
