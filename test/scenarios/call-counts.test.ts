import { describe, expect, it } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { leastToRead as leastOfAccount } from '../../scripts/bench/least-calls.ts';
import { aPolicy, NOW, StoryAccount, tell } from './account.ts';
import { EVERY_KIND } from './every-kind.ts';
import {
  addAssociation,
  addFunction,
  addSchedule,
  addStack,
  addStateMachine,
  addWindow,
  EVERY_NAME,
} from './every-text-kind.ts';

/** A policy under which nothing is due, so that only looking is counted. */
const KEEP_ALL = aPolicy({ rules: [] });

/** The account's own and its alias, and a list and an object of the journal. */
const leastToRead = (state: AccountState) => ({
  ...leastOfAccount(state),
  ListAccountAliases: 1,
  ListObjectsV2: 1,
  GetObject: 1,
});

const pages = (items: number, pageSize: number) => Math.max(1, Math.ceil(items / pageSize));

/** The same, where the policy names everything that costs a call each. */
function leastByName(state: AccountState): Record<string, number> {
  const { stacks, stateMachines, schedules, associations, maintenanceWindows } = state.texts;
  return {
    ...leastToRead(state),
    // Of the images that are named and gone.
    DescribeImages: 2,
    ListImagesInRecycleBin: 1,
    GetTemplate: stacks.size,
    ListStateMachines: pages(stateMachines.size, 1000),
    DescribeStateMachine: stateMachines.size,
    ListSchedules: pages(schedules.size, 100),
    GetSchedule: schedules.size,
    ListAssociations: pages(associations.size, 50),
    DescribeAssociation: associations.size,
    DescribeMaintenanceWindows: pages(maintenanceWindows.size, 100),
    DescribeMaintenanceWindowTasks: maintenanceWindows.size,
    GetMaintenanceWindowTask: [...maintenanceWindows.values()].flatMap(({ tasks }) => tasks).length,
  };
}

async function countCalls(state: AccountState, policy = KEEP_ALL): Promise<Record<string, number>> {
  const { calls, report } = await tell(state, { policy });
  expect(report.complete).toBe(true);
  return calls.counts();
}

/** Operations that took more than 1.2 times the least, with both numbers: a version that is gone costs a second call. */
function excessive(counts: Record<string, number>, least: Record<string, number>) {
  return Object.entries(least)
    .map(([operation, atLeast]) => [operation, counts[operation] ?? 0, atLeast] as const)
    .filter(([, taken, atLeast]) => taken > 1.2 * atLeast);
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** 430 templates, 230 groups and the rest; a tenth of the groups name a version that no list covers. */
function anEstate(images: number): AccountState {
  const account = new StoryAccount();
  for (let number = 0; number < images; number += 1) account.image(`image-${number}`);
  const ids = [...account.state.images.keys()];
  const some = (number: number) => ids[number % 50] ?? '';
  for (let number = 0; number < 430; number += 1) {
    const value = number % 4 === 0 ? `resolve:ssm:/ami/${number}` : some(number);
    const id = account.template(`t-${number}`, [some(number), some(number + 1), value], { default: (number % 3) + 1 });
    const Version = ['1', '2', '3', '$Default', '$Latest'][number % 5] ?? '';
    if (number < 230) account.group(`g-${number}`, { LaunchTemplate: { LaunchTemplateId: id, Version } });
    if (number % 2 === 0) account.parameter(`/ami/${number}`, [some(number)]);
    if (number % 2 === 1) account.launchConfiguration(`lc-${number}`, some(number));
  }
  for (let number = 0; number < 60; number += 1) {
    const Name = `runbook-${number}`;
    const identifier = { Name, Owner: account.state.accountId, DocumentVersion: '1' };
    account.state.documents.set(Name, { identifier, content: some(number) });
    const arn = `arn:aws:imagebuilder:eu-west-1:${account.state.accountId}:image-recipe/r/1.0.${number}`;
    account.state.imageRecipes.set(arn, { arn, parentImage: some(number) });
  }
  for (let number = 0; number < 2500; number += 1) account.instance(some(number));
  return account.state;
}

/** Things of every source, and of what costs a call each as many as two pages. */
function anEstateOfAllKinds(): AccountState {
  const account = new StoryAccount();
  const image = account.image('used');
  for (const add of Object.values(EVERY_KIND)) add(account, image);
  for (let number = 0; number < 60; number += 1) {
    addStack(account, { Parameters: [{ ParameterKey: 'ImageId', ParameterValue: image }] });
    addFunction(account, { AMI: image });
    addStateMachine(account, image);
    addSchedule(account, image);
    addAssociation(account, { ImageId: [image] });
    addWindow(account, { Automation: { Parameters: { AmiId: [image] } } });
  }
  return account.state;
}

describe('the number of calls', () => {
  it('stays within 1.1 times the least that page sizes allow, and 1.2 for each operation', async () => {
    const state = anEstate(100);
    const counts = await countCalls(state);
    expect(excessive(counts, leastToRead(state))).toEqual([]);
    expect(Object.keys(counts).filter((operation) => !(operation in leastToRead(state)))).toEqual([]);
    expect(total(counts)).toBeLessThanOrEqual(1.1 * total(leastToRead(state)));
  });

  it('stays within 1.1 times the least with every source on, and all that costs a call each named', async () => {
    const state = anEstateOfAllKinds();
    const counts = await countCalls(state, aPolicy({ rules: [], references: { byName: EVERY_NAME } }));
    const least = leastByName(state);
    expect(excessive(counts, least)).toEqual([]);
    expect(Object.keys(counts).filter((operation) => !(operation in least))).toEqual([]);
    expect(total(counts)).toBeLessThanOrEqual(1.1 * total(least));
    // What comes in pages adds no more than these where nothing is named.
    const unnamed = await countCalls(state);
    const named = Object.keys(least).filter((operation) => !(operation in leastToRead(state)));
    expect(unnamed).toMatchObject({ DescribeStacks: 1, ListFunctions: 2 });
    expect(named.filter((operation) => operation in unnamed)).toEqual(['ListImagesInRecycleBin']);
  });

  it('of a run that would remove images counts what it asks of them, and each Recycle Bin rule once', async () => {
    const account = new StoryAccount();
    for (let number = 0; number < 20; number += 1) account.image(`due-${number}`);
    const { state } = account;
    const { rules } = state.recycleBin;
    for (let days = 1; days <= 10; days += 1) rules.push({ resource: 'image', retentionDays: days });
    const { calls, taken } = await tell(state);
    expect(taken).toHaveLength(20);
    expect(calls.counts('rbin')).toEqual({ ListRules: 2, GetRule: rules.length });
    const ofDue = { DescribeImageAttribute: 20, DescribeSnapshotAttribute: 20 };
    const ofRules = {
      DescribeLockedSnapshots: 1,
      DescribeFastSnapshotRestores: 1,
      ListRules: 2,
      GetRule: rules.length,
    };
    const least: Record<string, number> = { ...leastToRead(state), ...ofDue, ...ofRules };
    expect(excessive(calls.counts(), least)).toEqual([]);
    expect(total(calls.counts())).toBeLessThanOrEqual(1.1 * total(least));
    expect((await tell(state, { policy: KEEP_ALL })).calls.counts('rbin')).toEqual({});
  });

  it('does not depend on how many images there are, beyond their own pages', async () => {
    const few = await countCalls(anEstate(100));
    const many = await countCalls(anEstate(3500));
    expect(many).toEqual({ ...few, DescribeImages: 4, DescribeSnapshots: 4 });
  });

  it('is as small for 5,000 images, 2,000 templates and 800 groups', { tags: ['long'], timeout: 120_000 }, async () => {
    const state = seedAccount({ now: NOW, images: 5000, launchTemplates: 2000, autoScalingGroups: 800 });
    const counts = await countCalls(state);
    expect(state.autoScalingGroups.size).toBeGreaterThanOrEqual(800);
    expect(excessive(counts, leastToRead(state))).toEqual([]);
    expect(total(counts)).toBeLessThanOrEqual(1.1 * total(leastToRead(state)));
  });
});
