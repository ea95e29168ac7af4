import { describe, expect, test } from 'vitest';
import { aPolicy } from '../builders/policy.ts';
import { problemsOf } from '../builders/problems.ts';

describe('targets', () => {
  test('are left out for one account alone', () => {
    expect(aPolicy('rules: []')).not.toHaveProperty('targets');
    expect(aPolicy('rules: []')).not.toHaveProperty('sharedWithAccount');
  });

  test.each([
    [
      '{ accounts: ["111122223333", "000000000001"] }',
      { accounts: ['111122223333', '000000000001'], organizationalUnits: [], except: [] },
    ],
    [
      '{ organizationalUnits: [r-ab12, ou-ab12-11111111], except: ["111122223333"], regions: enabled }',
      {
        accounts: [],
        organizationalUnits: ['r-ab12', 'ou-ab12-11111111'],
        except: ['111122223333'],
        regions: 'enabled',
      },
    ],
    [
      '{ accounts: ["111122223333"], regions: [eu-west-1, us-gov-west-1, ap-southeast-7, eusc-de-east-1] }',
      {
        accounts: ['111122223333'],
        organizationalUnits: [],
        except: [],
        regions: ['eu-west-1', 'us-gov-west-1', 'ap-southeast-7', 'eusc-de-east-1'],
      },
    ],
  ])('%s', (yaml, targets) => {
    expect(aPolicy(`rules: []\ntargets: ${yaml}`).targets).toEqual(targets);
  });

  test.each([
    ['{}', 'targets: needs accounts or organizationalUnits'],
    ['{ regions: enabled }', 'targets: needs accounts or organizationalUnits'],
    ['{ accounts: [] }', 'targets.accounts: must not be empty'],
    ['{ accounts: [111122223333] }', 'targets.accounts[0]: must be text: write "111122223333" in quotes'],
    ['{ accounts: ["11112222333"] }', 'targets.accounts[0]: must be an account id: 12 digits in quotes'],
    ['{ accounts: ["1111222233334"] }', 'targets.accounts[0]: must be an account id: 12 digits in quotes'],
    ['{ organizationalUnits: [] }', 'targets.organizationalUnits: must not be empty'],
    ['{ organizationalUnits: [Workloads] }', 'must be the id of an organizational unit or a root, such as ou-'],
    ['{ organizationalUnits: [ou-ab12] }', 'must be the id of an organizational unit or a root, such as ou-'],
    ['{ accounts: ["111122223333"], except: [me] }', 'targets.except[0]: must be an account id: 12 digits in quotes'],
    ['{ accounts: ["111122223333"], regions: [] }', 'targets.regions: must not be empty'],
    ['{ accounts: ["111122223333"], regions: [eu-west] }', 'targets.regions[0]: must be a Region such as eu-west-1'],
    ['{ accounts: ["111122223333"], regions: all }', 'targets.regions: must be enabled, or a list such as [eu-west-1]'],
    ['{ account: ["111122223333"] }', 'unknown key "account"; did you mean "accounts"?'],
  ])('%s is refused', (yaml, problem) => {
    const problems = problemsOf(`version: 1\nrules: []\ntargets: ${yaml}`);
    expect(problems.join('\n')).toContain(problem);
  });
});

describe('sharedWithAccount', () => {
  test('has the time for which nothing must have used the image', () => {
    const policy = aPolicy('rules: []\nsharedWithAccount: { cancelUnusedAfter: 90d }');
    expect(policy.sharedWithAccount?.cancelUnusedAfter).toEqual({ text: '90d', milliseconds: 90 * 86_400_000 });
  });

  test.each([
    ['{}', 'sharedWithAccount.cancelUnusedAfter: is missing'],
    ['{ cancelUnusedAfter: 0d }', 'must be longer than zero'],
    ['{ cancelUnusedAfter: 90 }', 'must be a duration'],
  ])('%s is refused', (yaml, problem) => {
    expect(problemsOf(`version: 1\nrules: []\nsharedWithAccount: ${yaml}`).join('\n')).toContain(problem);
  });
});
