import { ACTIONS, type Action } from './plan.ts';

/** One action as plans, outcomes, ledgers and reports name it: its kind, and the image or snapshot that it is about. */
export interface ActionRef<Kind extends string = string> {
  readonly action: Kind;
  readonly resourceId: string;
}

/** An action of a plan or of a report: its snapshot, where it has one, is what it is about. */
type WithIds = { readonly action: string; readonly imageId: string; readonly snapshotId?: string };

/** The image or snapshot that an action is about. */
export function resourceOf(action: Omit<WithIds, 'action'>): string {
  return action.snapshotId ?? action.imageId;
}

/** An action's reference, as its outcome carries it. */
export function actionRef<Kind extends string>(action: WithIds & { readonly action: Kind }): ActionRef<Kind> {
  return { action: action.action, resourceId: resourceOf(action) };
}

/** A reference as one text, `deregister ami-…`: two plans whose actions have the same key ask for the same. */
export function actionKey(one: ActionRef | WithIds): string {
  return `${one.action} ${'resourceId' in one ? one.resourceId : resourceOf(one)}`;
}

/** The reference of a plan's action that a key stands for; undefined where it is none. */
export function parseActionKey(key: string): ActionRef<Action['action']> | undefined {
  const [name, resourceId = ''] = key.split(' ');
  const action = ACTIONS.find((known) => known === name);
  return action && { action, resourceId };
}
