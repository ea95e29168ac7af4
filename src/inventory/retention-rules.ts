import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { BrokenAnswerError, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { RecyclableKind, RetentionRule, RetentionRulesReading, RuleTag } from '../model/retention-rule.ts';

const RESOURCE_TYPES = { image: 'EC2_IMAGE', snapshot: 'EBS_SNAPSHOT' } as const satisfies Record<
  RecyclableKind,
  string
>;

/**
 * The Recycle Bin's retention rules for some kinds: their list, and each rule by itself, since the list tells neither
 * tags nor exclusions nor whether a rule works yet. A rule that is gone in between is none.
 */
export async function readRetentionRules(
  clients: Pick<Clients, 'recycleBinRules'>,
  requests: Requests,
  kinds: readonly RecyclableKind[],
): Promise<Map<RecyclableKind, RetentionRulesReading>> {
  const readings = kinds.map(async (kind): Promise<[RecyclableKind, RetentionRulesReading]> => {
    try {
      return [kind, { status: 'read', rules: await readRules(clients, requests, kind) }];
    } catch (error) {
      return [kind, { status: 'unreadable', error: failureOf(error).sentence }];
    }
  });
  return new Map(await Promise.all(readings));
}

async function readRules(
  { recycleBinRules }: Pick<Clients, 'recycleBinRules'>,
  requests: Requests,
  kind: RecyclableKind,
): Promise<RetentionRule[]> {
  const identifiers: string[] = [];
  const answers = pages(
    (token) => requests.send(() => recycleBinRules.list(RESOURCE_TYPES[kind], token)),
    (page) => textOf(page, 'NextToken'),
  );
  for await (const page of answers) {
    for (const rule of listIn(page, 'Rules')) identifiers.push(mustHave(textOf(rule, 'Identifier'), 'Identifier'));
  }
  const rules = await requests.sendAll(identifiers, (identifier) =>
    requests.send(() => recycleBinRules.get(identifier)).catch(unlessGone),
  );
  return rules.flatMap((rule) => (rule === undefined ? [] : parseRule(rule, kind)));
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
}

/** A rule of another type, or counted in something else than days, is none. */
function parseRule(answer: unknown, kind: RecyclableKind): RetentionRule[] {
  const period = memberOf(answer, 'RetentionPeriod');
  const retentionDays = memberOf(period, 'RetentionPeriodValue');
  const type = mustHave(textOf(answer, 'ResourceType'), 'ResourceType');
  const unit = mustHave(textOf(period, 'RetentionPeriodUnit'), 'RetentionPeriodUnit');
  if (type !== RESOURCE_TYPES[kind] || unit !== 'DAYS') return [];
  if (typeof retentionDays !== 'number') throw broken('RetentionPeriodValue');
  return [
    {
      identifier: mustHave(textOf(answer, 'Identifier'), 'Identifier'),
      kind,
      retentionDays,
      status: mustHave(textOf(answer, 'Status'), 'Status'),
      // Without it a rule by tag would count as one for everything.
      tags: listIn(answer, 'ResourceTags').map(parseTag),
      excludeTags: memberOf(answer, 'ExcludeResourceTags') === undefined ? [] : excluded(answer),
    },
  ];
}

function excluded(answer: unknown): RuleTag[] {
  return listIn(answer, 'ExcludeResourceTags').map(parseTag);
}

function parseTag(tag: unknown): RuleTag {
  const value = textOf(tag, 'ResourceTagValue');
  return { key: mustHave(textOf(tag, 'ResourceTagKey'), 'ResourceTagKey'), ...(value !== undefined && { value }) };
}

function memberOf(holder: unknown, name: string): unknown {
  const value: unknown = Reflect.get(Object(holder), name);
  return value === null ? undefined : value;
}

function textOf(holder: unknown, name: string): string | undefined {
  const value = memberOf(holder, name);
  return typeof value === 'string' ? value : undefined;
}

function listIn(holder: unknown, name: string): readonly unknown[] {
  const list = memberOf(holder, name);
  if (!Array.isArray(list)) throw broken(name);
  return list;
}

function mustHave(value: string | undefined, name: string): string {
  if (value === undefined) throw broken(name);
  return value;
}

function broken(name: string): BrokenAnswerError {
  return new BrokenAnswerError(
    `the answer has no ${name}, so it is not AWS's; check the endpoint and any proxy before it`,
  );
}
