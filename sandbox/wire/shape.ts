/** What the readers and writers of this folder walk: the SDK's schemas, with every trait already looked up. */

/** How a member travels in a REST request or answer. */
interface HttpBinding {
  readonly header?: string;
  readonly query?: string;
  readonly prefixHeaders?: string;
  readonly payload: boolean;
  readonly label: boolean;
}

export interface Member {
  readonly name: string;
  /** Element name in XML. */
  readonly xmlName: string;
  /** Name in EC2's requests, which differs from the answer's. */
  readonly ec2Name: string;
  readonly jsonName: string;
  /** A list without an element around its items. */
  readonly flattened: boolean;
  readonly http: HttpBinding;
  readonly shape: () => Shape;
}

type TimestampFormat = 'default' | 'date-time' | 'http-date' | 'epoch-seconds';

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'blob' | 'document' | 'unit' }
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat }
  | { readonly kind: 'list'; readonly itemName: string; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly keyName: string; readonly valueName: string; readonly value: () => Shape }
  | {
      readonly kind: 'structure';
      readonly name: string;
      readonly members: readonly Member[];
      readonly required: number;
    };

export type Structure = Extract<Shape, { kind: 'structure' }>;

/** What an operation's schema says: its name, its route and both of its shapes. */
export interface OperationShape {
  readonly name: string;
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
  readonly input: Shape;
  readonly output: Shape;
  /** Element name of the answer in REST XML. */
  readonly outputName: string;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
