import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: () => void = () => {};

/**
 * Lets the heap grow by little beyond what lives in it. Left alone, V8 lets garbage pile up to several times that while
 * there is memory: of a large account's pages, hundreds of megabytes. The flags are looked up whenever they count, so
 * that a process that runs already can set them. Collecting more often costs processor time, and no time on the wire.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=15');
  // The young generation stays as large as it is at the start.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') collect = () => gc();
}

/**
 * Collects what a phase of a run left behind, before the next adds to it: V8 itself waits until the heap has grown
 * beyond what lived at its last collection. Nothing happens where `keepHeapSmall` was not called.
 */
export function collectGarbage(): void {
  collect();
}
