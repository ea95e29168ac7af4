import { randomInt } from 'node:crypto';
import type { Tag } from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import type { AccountState, RetentionRule } from '../state.ts';
import { CreateRule$, DeleteRule$, GetRule$, ListRules$ } from './schema.ts';

/** As the service has tags of resources. */
interface ResourceTag {
  readonly ResourceTagKey: string;
  readonly ResourceTagValue?: string | undefined;
}

interface RetentionPeriod {
  readonly RetentionPeriodValue: number;
  readonly RetentionPeriodUnit: string;
}

interface ListRulesRequest {
  readonly ResourceType: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly ResourceTags?: readonly ResourceTag[];
  readonly ExcludeResourceTags?: readonly ResourceTag[];
  readonly LockState?: string;
}

interface CreateRuleRequest {
  readonly ResourceType: string;
  readonly RetentionPeriod: RetentionPeriod;
  readonly Description?: string;
  readonly ResourceTags?: readonly ResourceTag[];
  readonly ExcludeResourceTags?: readonly ResourceTag[];
  readonly LockConfiguration?: unknown;
}

const RESOURCES = { EC2_IMAGE: 'image', EBS_SNAPSHOT: 'snapshot' } as const;
const RESOURCE_TYPES = { image: 'EC2_IMAGE', snapshot: 'EBS_SNAPSHOT' } as const;
const IDENTIFIER = /^[0-9a-zA-Z]{11}$/;
const MOST_RESULTS = 1000;
const MOST_DAYS = 365;
const MOST_TAGS = 50;
const MOST_EXCLUDED = 5;
const MOST_RULES = 250;

/** A rule works from the time on that it was made active; AWS takes up to half an hour for an account's first. */
export function isActive(rule: RetentionRule, now: Date): boolean {
  return rule.activeFrom === undefined || rule.activeFrom <= now;
}

function identifierOf(rule: RetentionRule, { recycleBin }: AccountState): string {
  return rule.identifier ?? `rule${String(recycleBin.rules.indexOf(rule)).padStart(7, '0')}`;
}

function toResourceTag({ Key = '', Value }: Tag): ResourceTag {
  return { ResourceTagKey: Key, ...(Value !== undefined && { ResourceTagValue: Value }) };
}

function toTag({ ResourceTagKey, ResourceTagValue }: ResourceTag): Tag {
  return { Key: ResourceTagKey, ...(ResourceTagValue !== undefined && { Value: ResourceTagValue }) };
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message, 400, { Reason: 'INVALID_PARAMETER_VALUE' });
}

function resourceOf(type: string): RetentionRule['resource'] | undefined {
  if (type === 'EC2_IMAGE' || type === 'EBS_SNAPSHOT') return RESOURCES[type];
  if (type === 'EBS_VOLUME') return undefined;
  throw invalid(
    `1 validation error detected: Value '${type}' at 'resourceType' failed to satisfy constraint: Member must satisfy enum value set: [EBS_SNAPSHOT, EC2_IMAGE, EBS_VOLUME]`,
  );
}

function summaryOf(rule: RetentionRule, state: AccountState) {
  const Identifier = identifierOf(rule, state);
  return {
    Identifier,
    Description: rule.description,
    RetentionPeriod: { RetentionPeriodValue: rule.retentionDays, RetentionPeriodUnit: 'DAYS' },
    RuleArn: `arn:aws:rbin:${state.region}:${state.accountId}:rule/${Identifier}`,
  };
}

function detailsOf(rule: RetentionRule, { state, now }: Context) {
  return {
    ...summaryOf(rule, state),
    ResourceType: RESOURCE_TYPES[rule.resource],
    ResourceTags: (rule.tags ?? []).map(toResourceTag),
    ExcludeResourceTags: (rule.excludeTags ?? []).map(toResourceTag),
    Status: isActive(rule, now) ? 'available' : 'pending',
  };
}

/** True where every tag that is asked for is among those of the rule. */
function hasAll(tags: readonly Tag[] | undefined, asked: readonly ResourceTag[] | undefined): boolean {
  return (asked ?? []).every((wanted) =>
    (tags ?? []).some(
      ({ Key, Value }) =>
        Key === wanted.ResourceTagKey && (wanted.ResourceTagValue === undefined || Value === wanted.ResourceTagValue),
    ),
  );
}

function listRules(input: ListRulesRequest, { state, pages }: Context) {
  const resource = resourceOf(input.ResourceType);
  const size = input.MaxResults ?? MOST_RESULTS;
  if (size < 1 || size > MOST_RESULTS) throw invalid(`MaxResults must be between 1 and ${MOST_RESULTS}`);
  const found = state.recycleBin.rules.filter(
    (rule) =>
      rule.resource === resource &&
      input.LockState === undefined &&
      hasAll(rule.tags, input.ResourceTags) &&
      hasAll(rule.excludeTags, input.ExcludeResourceTags),
  );
  const page = pages.take(found, (rule) => identifierOf(rule, state), { token: input.NextToken, size });
  return { Rules: page.items.map((rule) => summaryOf(rule, state)), NextToken: page.nextToken };
}

function ruleOf(Identifier: string, state: AccountState): RetentionRule {
  if (!IDENTIFIER.test(Identifier)) throw invalid(`The rule identifier '${Identifier}' is not valid.`);
  const rule = state.recycleBin.rules.find((one) => identifierOf(one, state) === Identifier);
  if (rule !== undefined) return rule;
  throw new ServiceError('ResourceNotFoundException', `Rule ${Identifier} does not exist`, 404, {
    Reason: 'RULE_NOT_FOUND',
  });
}

function getRule({ Identifier }: { readonly Identifier: string }, context: Context) {
  return detailsOf(ruleOf(Identifier, context.state), context);
}

function deleteRule({ Identifier }: { readonly Identifier: string }, { state }: Context) {
  const { rules } = state.recycleBin;
  rules.splice(rules.indexOf(ruleOf(Identifier, state)), 1);
  return {};
}

function checkTags(tags: readonly ResourceTag[], most: number, member: string): void {
  if (tags.length > most) throw invalid(`${member} can have at most ${most} tags.`);
  for (const { ResourceTagKey: key, ResourceTagValue: value = '' } of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256) throw invalid(`A tag of ${member} is not valid.`);
  }
}

function createRule(input: CreateRuleRequest, context: Context) {
  const { state } = context;
  const { ResourceTags: tags = [], ExcludeResourceTags: excludeTags = [], RetentionPeriod: period } = input;
  const resource = resourceOf(input.ResourceType);
  if (resource === undefined) throw invalid('The embedded account holds no volumes.');
  const { RetentionPeriodValue: retentionDays, RetentionPeriodUnit: unit } = period;
  if (unit !== 'DAYS') throw invalid(`RetentionPeriodUnit must be DAYS.`);
  if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > MOST_DAYS)
    throw invalid(`The retention period must be between 1 and ${MOST_DAYS} days.`);
  if (tags.length > 0 && excludeTags.length > 0)
    throw invalid('Exclusion tags can be specified for Region-level retention rules only.');
  if (tags.length > 0 && input.LockConfiguration !== undefined)
    throw invalid('Only Region-level retention rules can be locked.');
  checkTags(tags, MOST_TAGS, 'ResourceTags');
  checkTags(excludeTags, MOST_EXCLUDED, 'ExcludeResourceTags');
  if (state.recycleBin.rules.length >= MOST_RULES) {
    throw new ServiceError('ServiceQuotaExceededException', 'The number of retention rules is at its limit.', 402, {
      Reason: 'SERVICE_QUOTA_EXCEEDED',
    });
  }
  const rule: RetentionRule = {
    resource,
    retentionDays,
    identifier: Array.from({ length: 11 }, () => randomInt(36).toString(36)).join(''),
    ...(input.Description !== undefined && { description: input.Description }),
    ...(tags.length > 0 && { tags: tags.map(toTag) }),
    ...(excludeTags.length > 0 && { excludeTags: excludeTags.map(toTag) }),
  };
  state.recycleBin.rules.push(rule);
  return detailsOf(rule, context);
}

/** All of Recycle Bin's own service that the endpoint speaks. */
export const retentionRuleOperations: readonly Operation[] = [
  read(ListRules$, listRules),
  read(GetRule$, getRule),
  write(CreateRule$, createRule),
  write(DeleteRule$, deleteRule),
];
