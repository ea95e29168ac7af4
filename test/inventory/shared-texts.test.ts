import { describe, expect, it } from 'vitest';
import { StringInterner } from '../../src/inventory/fields.ts';
import { imageOf } from '../../src/inventory/images.ts';

/** Counts what was asked to be shared: two equal strings can't be told apart otherwise. */
class Watched extends StringInterner {
  readonly asked: string[] = [];

  override of(field: string, text: string): string {
    this.asked.push(`${field}=${text}`);
    return super.of(field, text);
  }
}

describe('texts that repeat', () => {
  it('say the same, however many a field has', () => {
    const texts = new StringInterner();
    const values = Array.from({ length: 3000 }, (_, index) => `value ${index}`);
    for (const value of [...values, ...values]) expect(texts.of('tag:BuildId', value)).toBe(value);
    for (const name of ['__proto__', 'constructor', '']) expect(texts.of(name, name)).toBe(name);
  });

  it('of an image are those that AWS gives to many alike', () => {
    const texts = new Watched();
    const Ebs = { SnapshotId: 'snap-1a2b3c4d' };
    const image = imageOf(
      {
        ImageId: 'ami-1a2b3c4d',
        Name: 'web-1',
        OwnerId: '123456789012',
        State: 'available',
        Architecture: 'arm64',
        PlatformDetails: 'Linux/UNIX',
        RootDeviceType: 'ebs',
        Tags: [{ Key: 'Family', Value: 'web' }],
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }],
      },
      texts,
    );
    expect(image).toMatchObject({ ownerId: '123456789012', state: 'available', tags: { Family: 'web' } });
    expect(texts.asked.sort()).toEqual([
      'architecture=arm64',
      'device=/dev/xvda',
      'owner=123456789012',
      'platform=Linux/UNIX',
      'rootDeviceType=ebs',
      'state=available',
      'tag:Family=web',
    ]);
  });

  it('share one empty list and one empty record', () => {
    const [one, other] = [imageOf({ ImageId: 'ami-0000000a' }), imageOf({ ImageId: 'ami-0000000b' })];
    expect(one.tags).toBe(other.tags);
    expect(one.productCodes).toBe(other.productCodes);
  });
});
