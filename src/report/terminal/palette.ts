import type pc from 'picocolors';
import type { DecisionName } from '../shape.ts';

/** Colors that mean something, passed in so that `report/` asks nothing of the environment. */
export type Palette = Pick<
  ReturnType<typeof pc.createColors>,
  'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan' | 'inverse'
>;

/** Green stays, yellow can be undone, red cannot. */
export function decisionPaint(decision: DecisionName | 'delete', palette: Palette): Palette['red'] {
  switch (decision) {
    case 'keep':
    case 'reinstate':
      return palette.green;
    case 'deprecate':
    case 'disable':
      return palette.yellow;
    case 'deregister':
    case 'delete':
      return palette.red;
  }
}
