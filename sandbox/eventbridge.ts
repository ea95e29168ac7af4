import { PutEvents$, type PutEventsRequest, type PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { ServiceError } from './error.ts';
import { type Operation, write } from './operation.ts';

/** The default bus is the only one; what was put on it stands in the log of calls. */
function putEvents({ Entries = [] }: PutEventsRequest): PutEventsResponse {
  if (Entries.length === 0 || Entries.length > 10)
    throw new ServiceError('ValidationException', 'Entries must have 1 to 10 members.');
  const entries = Entries.map(({ EventBusName = 'default', Source, DetailType, Detail = '' }, index) => {
    if (EventBusName !== 'default')
      return {
        ErrorCode: 'NotAuthorizedForSourceException',
        ErrorMessage: `Event bus ${EventBusName} does not exist.`,
      };
    if (!Source || !DetailType || !isObject(Detail))
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    return { EventId: `00000000-0000-4000-8000-00000000000${index}` };
  });
  return { FailedEntryCount: entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: entries };
}

function isObject(text: string): boolean {
  try {
    return JSON.parse(text) instanceof Object;
  } catch {
    return false;
  }
}

export const eventBridgeOperations: readonly Operation[] = [write(PutEvents$, putEvents)];
