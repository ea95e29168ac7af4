import { type DocumentIdentifier, GetDocumentCommand, paginateListDocuments } from '@aws-sdk/client-ssm';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import type { Finder, FinderContext } from './finder.ts';
import { reference, textFindings } from './findings.ts';

/** SSM documents of the account (recovery runbooks above all) whose content names an image id. */
export const ssmDocuments: Finder = {
  source: 'ssm-documents',
  async *find(context) {
    const { clients, requests } = context;
    const input = { Filters: [{ Key: 'Owner', Values: ['Self'] }], MaxResults: 50 };
    const paginator = paginateListDocuments({ client: clients.ssm }, input);
    const documents = await Array.fromAsync(itemsOf(paginator, 'DocumentIdentifiers', requests));
    const contents = await requests.sendAll(documents, (document) => readContents(context, document));
    for (const { name, version, content } of contents.flat())
      yield* textFindings(content, reference('ssm:Document', name, `version ${version}`));
  },
};

/** The latest version's content, and the default version's where that is another. */
async function readContents(
  { clients, requests }: FinderContext,
  { Name, DocumentVersion: defaultVersion }: DocumentIdentifier,
) {
  const name = essential(Name, 'Name of a document');
  const read = async (DocumentVersion: string) => {
    const command = new GetDocumentCommand({ Name: name, DocumentVersion });
    const asked = unlessGone(
      'InvalidDocument',
      requests.send(() => clients.ssm.send(command)),
    );
    const answer = await unlessGone('InvalidDocumentVersion', asked);
    if (answer === undefined) return [];
    const { Content: content, DocumentVersion: version = DocumentVersion } = answer;
    return [{ name, version, content: essential(content, `content of the document ${name}`) }];
  };
  const latest = await read('$LATEST');
  // The list gives each document's default version.
  return latest[0]?.version === defaultVersion ? latest : [...latest, ...(await read('$DEFAULT'))];
}
