import {
  type DocumentKeyValuesFilter,
  GetDocument$,
  type GetDocumentRequest,
  type GetDocumentResult,
  ListDocuments$,
  type ListDocumentsRequest,
  type ListDocumentsResult,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import type { StoredDocument } from '../text-state.ts';

function passes({ identifier }: StoredDocument, filter: DocumentKeyValuesFilter, accountId: string): boolean {
  const values = filter.Values ?? [];
  switch (filter.Key) {
    case 'Owner':
      // `Self`, `Amazon`, `Private`, `Public`, `ThirdParty`, `All`.
      return values.some(
        (value) =>
          value === 'All' ||
          (identifier.Owner === accountId ? value === 'Self' || value === 'Private' : value === identifier.Owner),
      );
    case 'DocumentType':
      return values.includes(identifier.DocumentType ?? '');
    case 'Name':
      return values.some((value) => (identifier.Name ?? '').startsWith(value));
    default:
      throw new ServiceError('InvalidFilterKey', `The specified key isn't valid: ${filter.Key}.`);
  }
}

function listDocuments(input: ListDocumentsRequest, { state, pages }: Context): ListDocumentsResult {
  const size = input.MaxResults ?? 50;
  if (size < 1 || size > 50) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 50`,
    );
  }
  const found = [...state.documents.values()].filter((document) =>
    (input.Filters ?? []).every((filter) => passes(document, filter, state.accountId)),
  );
  const page = pages.take(found, (document) => document.identifier.Name, { token: input.NextToken, size });
  return { DocumentIdentifiers: page.items.map((document) => document.identifier), NextToken: page.nextToken };
}

function getDocument(input: GetDocumentRequest, { state }: Context): GetDocumentResult {
  const document = state.documents.get(input.Name ?? '');
  if (document === undefined)
    throw new ServiceError('InvalidDocument', `Document with name ${input.Name} does not exist.`);
  const { Name, CreatedDate, DocumentVersion, DocumentType, DocumentFormat } = document.identifier;
  const own = { version: DocumentVersion ?? '1', content: document.content };
  const latest = document.latest ?? own;
  const asked = input.DocumentVersion ?? '$DEFAULT';
  const found =
    asked === '$LATEST' ? latest : asked === '$DEFAULT' ? own : [own, latest].find(({ version }) => version === asked);
  if (found === undefined)
    throw new ServiceError('InvalidDocumentVersion', `The document version ${asked} is not valid or does not exist.`);
  return {
    Name,
    CreatedDate,
    DocumentVersion: found.version,
    DocumentType,
    DocumentFormat,
    Status: 'Active',
    Content: found.content,
  };
}

export const documentReads: readonly Operation[] = [
  read(ListDocuments$, listDocuments),
  read(GetDocument$, getDocument),
];
