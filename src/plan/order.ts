import type { Image } from '../model/image.ts';

/** By creation date, then id; an unknown date comes last. */
export function oldestFirst(a: Image, b: Image): number {
  return byTimeThenId(a.creationDate, a.imageId, b.creationDate, b.imageId);
}

/** Orders by time, then id; what has no time comes last. */
export function byTimeThenId(timeA: Date | undefined, idA: string, timeB: Date | undefined, idB: string): number {
  const a = timeA?.getTime() ?? Infinity;
  const b = timeB?.getTime() ?? Infinity;
  if (a !== b) return a - b;
  if (idA === idB) return 0;
  return idA < idB ? -1 : 1;
}
