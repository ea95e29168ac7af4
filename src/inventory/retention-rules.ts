import * as z from 'zod';
import type { Clients } from '../aws/clients.ts';
import { unlessGone, unreadable } from '../aws/errors.ts';
import { BrokenAnswerError, pages, type Requests } from '../aws/requests.ts';
import type { RecyclableKind, RetentionRule, RetentionRulesReading, RuleTag } from '../model/account.ts';

const RESOURCE_TYPES = { image: 'EC2_IMAGE', snapshot: 'EBS_SNAPSHOT' } as const satisfies Record<
  RecyclableKind,
  string
>;

/**
 * The Recycle Bin's retention rules for some kinds: their list, and each rule by itself, since the list has neither
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
      return [kind, unreadable(error)];
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
  const answers = pages(async (token) =>
    parsed(listAnswer, await requests.send(() => recycleBinRules.list(RESOURCE_TYPES[kind], token))),
  );
  for await (const { Rules } of answers) identifiers.push(...Rules.map(({ Identifier }) => Identifier));
  const rules = await requests.sendAll(identifiers, (identifier) =>
    unlessGone(
      'ResourceNotFoundException',
      requests.send(() => recycleBinRules.get(identifier)),
    ),
  );
  return rules.flatMap((rule) => (rule === undefined ? [] : parseRule(rule, kind)));
}

const listAnswer = z.object({
  Rules: z.array(z.object({ Identifier: z.string() })),
  NextToken: z.string().optional().catch(undefined),
});

const ruleTag = z
  .object({ ResourceTagKey: z.string(), ResourceTagValue: z.string().nullish().catch(undefined) })
  .transform(({ ResourceTagKey: key, ResourceTagValue: value }): RuleTag => ({ key, ...(value != null && { value }) }));

const ruleAnswer = z.object({
  Identifier: z.string(),
  ResourceType: z.string(),
  Status: z.string(),
  RetentionPeriod: z.object({ RetentionPeriodValue: z.number(), RetentionPeriodUnit: z.string() }),
  // Without them a rule by tag would count as one for everything.
  ResourceTags: z.array(ruleTag),
  ExcludeResourceTags: z.array(ruleTag).nullish(),
});

/** A rule of another type, or counted in something else than days, is none. */
function parseRule(answer: unknown, kind: RecyclableKind): RetentionRule[] {
  const rule = parsed(ruleAnswer, answer);
  const { RetentionPeriodValue: retentionDays, RetentionPeriodUnit: unit } = rule.RetentionPeriod;
  if (rule.ResourceType !== RESOURCE_TYPES[kind] || unit !== 'DAYS') return [];
  const { Identifier: identifier, Status: status, ResourceTags: tags, ExcludeResourceTags: excludeTags } = rule;
  return [{ identifier, kind, retentionDays, status, tags, excludeTags: excludeTags ?? [] }];
}

function parsed<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(answer);
  if (data !== undefined) return data;
  const member = error?.issues[0]?.path.findLast((part) => typeof part === 'string');
  throw new BrokenAnswerError(
    `the answer has no ${member}, so it is not AWS's; check the endpoint and any proxy before it`,
  );
}
