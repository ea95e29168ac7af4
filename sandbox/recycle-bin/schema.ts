/**
 * The schemas of Recycle Bin's own service (rbin, REST JSON, model 2021-06-15), in the form in which the SDK's packages
 * export theirs: the package for it that npm has is older than exclusion tags.
 */

const NAMESPACE = 'com.amazonaws.rbin';
const STRING = 0;
const NUMBER = 1;
const TIMESTAMP = 7;
const LABEL = 1;

function structure(name: string, members: Readonly<Record<string, unknown>>, required = 0): readonly unknown[] {
  return [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), required];
}

const resourceTag = structure('ResourceTag', { ResourceTagKey: STRING, ResourceTagValue: STRING }, 1);
const resourceTags = [1, NAMESPACE, 'ResourceTags', 0, resourceTag];
const ruleTags = [1, NAMESPACE, 'TagList', 0, structure('Tag', { Key: STRING, Value: STRING }, 2)];
const retentionPeriod = structure('RetentionPeriod', { RetentionPeriodValue: NUMBER, RetentionPeriodUnit: STRING }, 2);
const unlockDelay = structure('UnlockDelay', { UnlockDelayValue: NUMBER, UnlockDelayUnit: STRING }, 2);
const lockConfiguration = structure('LockConfiguration', { UnlockDelay: unlockDelay }, 1);
const summary = structure('RuleSummary', {
  Identifier: STRING,
  Description: STRING,
  RetentionPeriod: retentionPeriod,
  LockState: STRING,
  RuleArn: STRING,
});

const rule = {
  Identifier: STRING,
  Description: STRING,
  ResourceType: STRING,
  RetentionPeriod: retentionPeriod,
  ResourceTags: resourceTags,
  Status: STRING,
  LockConfiguration: lockConfiguration,
  LockState: STRING,
  LockEndTime: TIMESTAMP,
  RuleArn: STRING,
  ExcludeResourceTags: resourceTags,
};

export const ListRules$: readonly unknown[] = [
  9,
  NAMESPACE,
  'ListRules',
  { http: ['POST', '/list-rules', 200] },
  structure(
    'ListRulesRequest',
    {
      ResourceType: STRING,
      MaxResults: NUMBER,
      NextToken: STRING,
      ResourceTags: resourceTags,
      LockState: STRING,
      ExcludeResourceTags: resourceTags,
    },
    1,
  ),
  structure('ListRulesResponse', { Rules: [1, NAMESPACE, 'RuleSummaryList', 0, summary], NextToken: STRING }),
];

export const GetRule$: readonly unknown[] = [
  9,
  NAMESPACE,
  'GetRule',
  { http: ['GET', '/rules/{Identifier}', 200] },
  structure('GetRuleRequest', { Identifier: [STRING, LABEL] }, 1),
  structure('GetRuleResponse', rule),
];

export const CreateRule$: readonly unknown[] = [
  9,
  NAMESPACE,
  'CreateRule',
  { http: ['POST', '/rules', 201] },
  structure(
    'CreateRuleRequest',
    {
      RetentionPeriod: retentionPeriod,
      ResourceType: STRING,
      Description: STRING,
      Tags: ruleTags,
      ResourceTags: resourceTags,
      LockConfiguration: lockConfiguration,
      ExcludeResourceTags: resourceTags,
    },
    2,
  ),
  structure('CreateRuleResponse', { ...rule, Tags: ruleTags }),
];

export const DeleteRule$: readonly unknown[] = [
  9,
  NAMESPACE,
  'DeleteRule',
  { http: ['DELETE', '/rules/{Identifier}', 204] },
  structure('DeleteRuleRequest', { Identifier: [STRING, LABEL] }, 1),
  structure('DeleteRuleResponse', {}),
];
