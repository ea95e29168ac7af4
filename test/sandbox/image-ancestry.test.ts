import { expect, it } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { open, refusal } from './open.ts';

const id = (number: number) => `ami-${number.toString(16).padStart(17, '0')}`;

/** Images, each made from the one before; the first is Amazon's, made from what nobody may see. */
async function aLine(count: number) {
  const amazon = emptyAccount('137112412989');
  const own = emptyAccount();
  for (let number = 1; number <= count; number += 1) {
    const { images, accountId, region } = number === 1 ? amazon : own;
    images.set(id(number), {
      ImageId: id(number),
      OwnerId: accountId,
      State: 'available',
      CreationDate: '2026-01-01T00:00:00.000Z',
      SourceImageId: id(number - 1),
      SourceImageRegion: region,
      ...(number === 1 && { ImageOwnerAlias: 'amazon' }),
    });
  }
  const { ec2 } = await open(own, { otherAccounts: [amazon] });
  const lineOf = async (number: number) =>
    ((await ec2.getImageAncestry({ ImageId: id(number) })).ImageAncestryEntries ?? []).map((entry) => entry.ImageId);
  return { ec2, lineOf };
}

it('tells the line of an image to the root, through what was deregistered', async () => {
  const { ec2, lineOf } = await aLine(4);
  await ec2.deregisterImage({ ImageId: id(3) });
  expect(await lineOf(4)).toEqual([4, 3, 2, 1].map(id));
  const { ImageAncestryEntries } = await ec2.getImageAncestry({ ImageId: id(2) });
  const CreationDate = new Date('2026-01-01T00:00:00.000Z');
  expect(ImageAncestryEntries).toEqual([
    { CreationDate, ImageId: id(2), SourceImageId: id(1), SourceImageRegion: 'eu-west-1' },
    { CreationDate, ImageId: id(1), SourceImageId: id(0), SourceImageRegion: 'eu-west-1', ImageOwnerAlias: 'amazon' },
  ]);
});

it('ends with the fiftieth', async () => {
  expect(await (await aLine(80)).lineOf(80)).toEqual(Array.from({ length: 50 }, (_, index) => id(80 - index)));
});

it('refuses what is not there, and what is no id', async () => {
  const { ec2 } = await aLine(2);
  await ec2.deregisterImage({ ImageId: id(2) });
  expect(await refusal(ec2.getImageAncestry({ ImageId: id(2) }))).toBe('InvalidAMIID.NotFound');
  expect(await refusal(ec2.getImageAncestry({ ImageId: 'ami-x' }))).toBe('InvalidAMIID.Malformed');
});
