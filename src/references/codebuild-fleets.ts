import { BatchGetFleetsCommand, CodeBuildClient, paginateListFleets } from '@aws-sdk/client-codebuild';
import { BrokenAnswerError, essential, inBatches, itemsOf, listOf } from '../aws/requests.ts';
import type { Finder } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** As many as CodeBuild takes in one call, and gives in one page. */
const FLEETS_A_CALL = 100;

/** CodeBuild fleets of reserved capacity: their own image. What they run lies in an account of AWS's. */
export const find: Finder['find'] = async function* ({ clients, requests }) {
  const client = clients.of(CodeBuildClient);
  const listed = itemsOf(paginateListFleets({ client }, { maxResults: FLEETS_A_CALL }), 'fleets', requests);
  const batches = inBatches(await Array.fromAsync(listed), FLEETS_A_CALL);
  for (const names of batches) {
    const answer = await requests.send(() => client.send(new BatchGetFleetsCommand({ names })));
    const fleets = listOf(answer.fleets, 'fleets');
    // Deleted since it was listed.
    const gone = answer.fleetsNotFound ?? [];
    if (fleets.length + gone.length < names.length)
      throw new BrokenAnswerError(`the answer tells of ${fleets.length + gone.length} of ${names.length} fleets`);
    for (const { name, imageId, status } of fleets)
      yield* imageFindings(
        imageId,
        reference('codebuild:Fleet', essential(name, 'name of a fleet'), status?.statusCode),
      );
  }
};
