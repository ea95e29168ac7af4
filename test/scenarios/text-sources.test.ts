import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { aPolicy, StoryAccount, type TellingOptions, tell } from './account.ts';
import {
  addAssociation,
  addFunction,
  addSchedule,
  addStack,
  addStateMachine,
  addWindow,
  EVERY_NAME,
} from './every-text-kind.ts';

const naming = (byName: object) => aPolicy({ references: { byName } });
const ALL_NAMED = naming(EVERY_NAME);

/** What came of a source, beside the story itself. */
async function told(account: StoryAccount, source: string, options: TellingOptions = {}) {
  const story = await tell(account.state, options);
  const row = story.report.sources.find(({ name }) => name === source);
  return { ...story, error: row?.status === 'unreadable' ? row.error : undefined };
}

describe('what nobody can read is unknown', () => {
  const masked = (ParameterKey: string) => ({ Parameters: [{ ParameterKey, ParameterValue: '****' }] });

  it.each(['ImageId', 'WebAmi', 'BaseImage', 'AMI'])(
    'a masked parameter %s of a stack keeps every image',
    async (key) => {
      const account = new StoryAccount();
      account.image('unused');
      addStack(account, { StackName: 'web', ...masked(key) });
      const { taken, error } = await told(account, 'cloudformation-stacks');
      expect(taken).toEqual([]);
      expect(error).toContain(`by their names these hold images: ${key} of web; take NoEcho off them`);
    },
  );

  it.each(['DbPassword', 'ImageRegistryToken'])('a masked parameter %s keeps none', async (key) => {
    const account = new StoryAccount();
    const unused = account.image('unused');
    addStack(account, masked(key));
    const { taken, error } = await told(account, 'cloudformation-stacks');
    expect([taken, error]).toEqual([[unused], undefined]);
  });

  it('an environment that Lambda can’t decrypt keeps every image, and the others are searched all the same', async () => {
    const account = new StoryAccount();
    const [used] = account.images('used', 'unused');
    const denied = { ErrorCode: 'AccessDeniedException', Message: 'Lambda was unable to decrypt the variables' };
    account.state.texts.functions.set('sealed', { FunctionName: 'sealed', Environment: { Error: denied } });
    addFunction(account, { AMI: used });
    const { taken, error, referencesOf } = await told(account, 'lambda-functions');
    expect(taken).toEqual([]);
    expect(error).toBe(
      'Lambda could not decrypt the environment of sealed (AccessDeniedException); let the role use their keys (kms:Decrypt), or switch the source off',
    );
    expect(referencesOf(used)).toHaveLength(1);
  });

  it('a definition under a key that the role may not use keeps every image, and the permission is named', async () => {
    const account = new StoryAccount();
    account.image('unused');
    addStateMachine(account, '{}');
    const message =
      'User: arn:aws:iam::123456789012:role/r is not authorized to perform: kms:Decrypt on resource: key/1';
    const error = { code: 'KmsAccessDeniedException', message };
    const story = await told(account, 'state-machines', {
      policy: ALL_NAMED,
      intercept: ({ operation }) => (operation === 'DescribeStateMachine' ? { error } : undefined),
    });
    expect(story.taken).toEqual([]);
    expect(story.error).toContain('the role lacks the permission kms:Decrypt on key/1');
  });
});

describe('what was deleted since it was listed hides nothing else', () => {
  /** Adds a thing that names an image, and gives what deletes it. */
  type Add = (account: StoryAccount, image: string) => () => void;
  const deleting = (map: Map<string, unknown>, added: string) => () => {
    for (const key of map.keys()) if (key.endsWith(added)) map.delete(key);
  };
  const CASES: readonly (readonly [operation: string, add: Add])[] = [
    [
      'DescribeStateMachine',
      (account, image) => deleting(account.state.texts.stateMachines, addStateMachine(account, image)),
    ],
    ['GetSchedule', (account, image) => deleting(account.state.texts.schedules, addSchedule(account, image))],
    [
      'DescribeAssociation',
      (account, image) => deleting(account.state.texts.associations, addAssociation(account, { Ami: [image] })),
    ],
    [
      'DescribeMaintenanceWindowTasks',
      (account, image) =>
        deleting(account.state.texts.maintenanceWindows, addWindow(account, { StepFunctions: { Input: image } })),
    ],
    [
      'GetMaintenanceWindowTask',
      (account, image) => {
        const { maintenanceWindows } = account.state.texts;
        const id = addWindow(account, { StepFunctions: { Input: image } });
        return () => {
          const stored = maintenanceWindows.get(id);
          if (stored !== undefined) maintenanceWindows.set(id, { ...stored, tasks: [] });
        };
      },
    ],
  ];

  it.each(CASES)('%s', async (operation, add) => {
    const account = new StoryAccount();
    const [gone, used] = account.images('gone', 'used');
    const deleteIt = add(account, gone);
    add(account, used);
    let first = true;
    const intercept = (call: Call): Fault | undefined => {
      if (call.operation !== operation || !first) return undefined;
      first = false;
      return { before: deleteIt };
    };
    const { taken, report } = await tell(account.state, { policy: ALL_NAMED, intercept });
    expect(report.complete).toBe(true);
    expect(taken).toEqual([gone]);
  });

  it('a stack’s template is found by the stack’s id all the same', async () => {
    const account = new StoryAccount();
    const used = account.image('used');
    addStack(account, {}, `ami: ${used}`);
    const { stacks } = account.state.texts;
    const before = () => {
      for (const [id, one] of stacks)
        stacks.set(id, { ...one, stack: { ...one.stack, StackStatus: 'DELETE_COMPLETE' } });
    };
    const intercept = ({ operation }: Call) => (operation === 'GetTemplate' ? { before } : undefined);
    const { taken, report } = await tell(account.state, { policy: ALL_NAMED, intercept });
    expect([report.complete, taken]).toEqual([true, []]);
  });

  it('a stack of which nothing was deployed yet has no template, and its parameters count', async () => {
    const account = new StoryAccount();
    const [used, unused] = account.images('used', 'unused');
    const Parameters = [{ ParameterKey: 'Ami', ParameterValue: used }];
    addStack(account, { StackStatus: 'REVIEW_IN_PROGRESS', Parameters }, `ami: ${unused}`);
    const { taken, report, calls } = await tell(account.state, { policy: ALL_NAMED });
    expect([report.complete, taken, calls.count('GetTemplate')]).toEqual([true, [unused], 0]);
  });
});

describe('what costs a call each is read by name alone', () => {
  it('nothing is listed where the policy names nothing, and the report says so', async () => {
    const account = new StoryAccount();
    const image = account.image('named');
    addStateMachine(account, image);
    const { taken, report, calls } = await tell(account.state);
    expect([taken, calls.count('ListStateMachines')]).toEqual([[image], 0]);
    expect(report.sources.find(({ name }) => name === 'state-machines')).toMatchObject({
      status: 'off',
      reason: 'references.byName of the policy names nothing of it',
    });
  });

  it('of stacks, which are read all, the templates alone', async () => {
    const account = new StoryAccount();
    for (const StackName of ['nightly', 'hourly']) addStack(account, { StackName });
    const { report } = await tell(account.state, { policy: naming({ 'cloudformation-stacks': ['nightly'] }) });
    expect(report.sources).toContainEqual(expect.objectContaining({ name: 'cloudformation-stacks', read: 2 }));
  });

  it('one call for each that a glob names, and none for the others', async () => {
    const account = new StoryAccount();
    const [used, other] = account.images('used', 'other');
    addStateMachine(account, used, 'nightly-build');
    addStateMachine(account, used, 'nightly-test');
    addStateMachine(account, other, 'hourly');
    const { taken, calls, report } = await tell(account.state, {
      policy: naming({ 'state-machines': ['nightly-*'] }),
    });
    expect([taken, calls.count('DescribeStateMachine')]).toEqual([[other], 2]);
    expect(report.sources).toContainEqual(expect.objectContaining({ name: 'state-machines', read: 2 }));
  });

  it.each(Object.keys(EVERY_NAME))(
    'a glob of %s that matches nothing keeps every image, unless it may',
    async (source) => {
      const account = new StoryAccount();
      const unused = account.image('unused');
      const kept = await told(account, source, { policy: naming({ [source]: ['web-*'] }) });
      expect([kept.taken, kept.error]).toEqual([
        [],
        `nothing here matches "web-*" of references.byName.${source}; correct it, or say { name: …, mayBeEmpty: true }`,
      ]);
      const all = await told(account, source, { policy: naming({ [source]: [{ name: 'web-*', mayBeEmpty: true }] }) });
      expect(all.taken).toEqual([unused]);
    },
  );

  it('an association goes by its own name, where it has one', async () => {
    const account = new StoryAccount();
    const [used, other] = account.images('used', 'other');
    addAssociation(account, { Ami: [used] }, 'patch-web');
    addAssociation(account, { Ami: [other] });
    const policy = naming({ 'state-manager-associations': ['patch-*'] });
    expect((await tell(account.state, { policy })).taken).toEqual([other]);
  });
});

describe('what comes in pages', () => {
  it('adds no calls but its pages, and is read to the last of them', async () => {
    const account = new StoryAccount();
    const [inStack, inFunction, unused] = account.images('in-stack', 'in-function', 'unused');
    const nothing = await tell(account.state);
    for (let number = 1; number < 250; number += 1) addStack(account);
    for (let number = 1; number < 130; number += 1) addFunction(account, { STAGE: 'prod' });
    addStack(account, { Parameters: [{ ParameterKey: 'Ami', ParameterValue: inStack }] });
    addFunction(account, { AMI: inFunction });
    const all = await tell(account.state);
    expect(all.taken).toEqual([unused]);
    expect(nothing.calls.counts()).toMatchObject({ DescribeStacks: 1, ListFunctions: 1 });
    // Details are asked of what is due alone.
    const ofSources = ({ report }: typeof all) => report.sources.map(({ name, calls }) => [name, calls] as const);
    const more = new Map(ofSources(nothing));
    expect(ofSources(all).filter(([name, calls]) => calls !== more.get(name))).toEqual([
      ['cloudformation-stacks', 3],
      ['lambda-functions', 3],
    ]);
    const pages = ({ calls }: typeof all) => calls.count('DescribeStacks') + calls.count('ListFunctions');
    expect([pages(nothing), pages(all)]).toEqual([2, 6]);
  });
});
