import { type Context, type Operation, read } from './operation.ts';

const NAMESPACE = 'com.amazonaws.iam';
const LIST_OF_TEXTS = 64;

/** In the form in which the SDK's packages export theirs; nothing else here needs IAM's own. */
const ListAccountAliases$: readonly unknown[] = [
  9,
  NAMESPACE,
  'ListAccountAliases',
  0,
  [3, NAMESPACE, 'ListAccountAliasesRequest', 0, ['Marker', 'MaxItems'], [0, 1]],
  [
    3,
    NAMESPACE,
    'ListAccountAliasesResponse',
    0,
    ['AccountAliases', 'IsTruncated', 'Marker'],
    [LIST_OF_TEXTS, 2, 0],
    1,
  ],
];

function listAccountAliases(_input: object, { state }: Context) {
  const { accountAlias } = state.everywhere;
  return { AccountAliases: accountAlias === undefined ? [] : [accountAlias], IsTruncated: false };
}

export const iamOperations: readonly Operation[] = [read(ListAccountAliases$, listAccountAliases)];
