import type { OrganizationState } from './organizations/state.ts';
import type { Pages } from './pages.ts';
import type { AccountState } from './state.ts';
import { operationShapeOf } from './wire/schema.ts';
import type { OperationShape } from './wire/shape.ts';

/** What an operation sees of the world beside its input. */
export interface Context {
  readonly state: AccountState;
  readonly now: Date;
  readonly pages: Pages;
  /** Who calls: the access key's own identity. */
  readonly caller: Caller;
  /** The organization, where there is one. */
  readonly organization: OrganizationState | undefined;
  /** The same Region in all other accounts. */
  readonly others: () => readonly AccountState[];
  /** Gives out credentials for a role of any account that the endpoint knows. */
  readonly assume: (request: AssumeRequest) => TemporaryCredentials;
}

export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** The role that it acts as, with its path. */
  readonly roleArn?: string;
  /** May change nothing. */
  readonly readOnly?: boolean;
}

/** What STS is asked for, and by whom. */
export interface AssumeRequest {
  readonly roleArn: string;
  readonly accountId: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly durationSeconds: number;
  readonly caller: Caller;
  readonly now: Date;
}

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly roleId: string;
}

/** One operation of a service: its schema, whether it changes anything, and what it does. */
export interface Operation {
  readonly shape: OperationShape;
  readonly writes: boolean;
  /** A method, so that each operation may say its own input: it was read by the schema from which the SDK's type was generated. */
  run(input: unknown, context: Context): unknown;
}

function operation<Input>(
  schema: readonly unknown[],
  writes: boolean,
  run: (input: Input, context: Context) => object | undefined,
): Operation {
  return { shape: operationShapeOf(schema), writes, run };
}

/** An operation that changes nothing. */
export function read<Input>(
  schema: readonly unknown[],
  run: (input: Input, context: Context) => object | undefined,
): Operation {
  return operation(schema, false, run);
}

/** An operation that changes the account. */
export function write<Input>(
  schema: readonly unknown[],
  run: (input: Input, context: Context) => object | undefined,
): Operation {
  return operation(schema, true, run);
}

/** Operations by name. */
export function operationTable(operations: readonly Operation[]): ReadonlyMap<string, Operation> {
  return new Map(operations.map((entry) => [entry.shape.name, entry]));
}
