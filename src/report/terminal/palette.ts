import type { DecisionName } from '../shape.ts';

type Paint = (text: string) => string;

/** Colors that mean something, passed in so that `report/` asks nothing of the environment; picocolors' fit. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
  readonly inverse: Paint;
}

const plain: Paint = (text) => text;

/** No colors: for pipes and NO_COLOR. */
export const PLAIN: Palette = {
  bold: plain,
  dim: plain,
  red: plain,
  yellow: plain,
  green: plain,
  cyan: plain,
  inverse: plain,
};

/** Green stays, yellow can be undone, red cannot. */
export function decisionPaint(decision: DecisionName | 'delete', palette: Palette): Paint {
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
