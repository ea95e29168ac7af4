import type pc from 'picocolors';
import type { DecisionName } from '../shape.ts';

/** Colors that mean something, passed in so that `report/` asks nothing of the environment. */
export type Palette = Pick<
  ReturnType<typeof pc.createColors>,
  'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan' | 'inverse'
>;

/** What becomes of an image or a snapshot. */
export type Painted = DecisionName | 'protect' | 'unprotect' | 'delete';

/** Green stays, yellow can be undone, red cannot. */
const COLORS = {
  keep: 'green',
  protect: 'green',
  unprotect: 'yellow',
  reinstate: 'green',
  deprecate: 'yellow',
  disable: 'yellow',
  archive: 'yellow',
  deregister: 'red',
  delete: 'red',
} as const satisfies Record<Painted, keyof Palette>;

/** The color of a decision. */
export function decisionPaint(decision: Painted, palette: Palette): Palette['red'] {
  return palette[COLORS[decision]];
}
