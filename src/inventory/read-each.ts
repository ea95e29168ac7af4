import { failureOf } from '../aws/errors.ts';
import type { Requests } from '../aws/requests.ts';
import type { Unreadable } from '../model/reference.ts';

/** What was read of some things, and which of them are gone since they were listed. */
export interface Readings<Id, Reading> {
  readonly readings: ReadonlyMap<Id, Reading>;
  readonly gone: ReadonlySet<Id>;
}

/** Reads things one by one, for which EC2 has no other way to ask. What can't be read is said for that one and hides no other. */
export async function readEach<Id, Reading>(
  requests: Requests,
  ids: readonly Id[],
  read: (id: Id) => Promise<Reading>,
): Promise<Readings<Id, Reading | Unreadable>> {
  const gone = new Set<Id>();
  const answers = await requests.sendAll(ids, async (id): Promise<[Id, Reading | Unreadable]> => {
    try {
      return [id, await read(id)];
    } catch (error) {
      const { kind, sentence } = failureOf(error);
      if (kind === 'not-found') gone.add(id);
      return [id, { status: 'unreadable', error: sentence }];
    }
  });
  return { readings: new Map(answers.filter(([id]) => !gone.has(id))), gone };
}
