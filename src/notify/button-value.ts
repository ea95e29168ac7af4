import { type ImageId, isImageId } from '../model/ids.ts';

/** The images that a button is about. */
export interface ButtonImages {
  readonly accountId: string;
  readonly images: readonly { readonly region: string; readonly imageId: ImageId }[];
}

/** What a button asks for. */
export const BUTTONS = {
  'keep-30d': { label: 'Keep 30 days', keepDays: 30 },
  'keep-90d': { label: 'Keep 90 days', keepDays: 90 },
  'not-mine': { label: 'Not mine', keepDays: undefined },
} as const;
export type ButtonName = keyof typeof BUTTONS;

/** True for the name of a button. */
export function isButtonName(text: string): text is ButtonName {
  return Object.hasOwn(BUTTONS, text);
}

const VALUE = /^(\d{12})((?:;(?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d+=[0-9a-f]{8,17}(?:,[0-9a-f]{8,17})*)+)$/;

/** `123456789012;eu-west-1=0123456789abcdef0,…;us-east-1=…`: short enough for every image of a message. */
export function writeButtonImages({ accountId, images }: ButtonImages): string {
  const byRegion = Map.groupBy(images, ({ region }) => region);
  const lists = [...byRegion].map(
    ([region, list]) => `${region}=${list.map(({ imageId }) => imageId.slice('ami-'.length)).join(',')}`,
  );
  return [accountId, ...lists].join(';');
}

/** The images that a value names; nothing where it is not one that this tool wrote. */
export function readButtonImages(value: string): ButtonImages | undefined {
  const [, accountId, lists] = VALUE.exec(value) ?? [];
  if (accountId === undefined || lists === undefined) return undefined;
  const images = lists
    .slice(1)
    .split(';')
    .flatMap((list) => {
      const [region = '', ids = ''] = list.split('=');
      return ids.split(',').map((id) => ({ region, imageId: `ami-${id}` }));
    });
  const known = images.flatMap(({ region, imageId }) => (isImageId(imageId) ? [{ region, imageId }] : []));
  return known.length === images.length ? { accountId, images: known } : undefined;
}
