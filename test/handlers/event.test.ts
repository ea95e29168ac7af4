import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/handlers/event.ts';

describe('a valid event', () => {
  it.each([
    ['nothing', undefined, { mode: 'dry-run' }],
    ['null', null, { mode: 'dry-run' }],
    ['an empty object', {}, { mode: 'dry-run' }],
    ['a schedule', { mode: 'enforce', regions: ['eu-west-1'] }, { mode: 'enforce', regions: ['eu-west-1'] }],
    ['who asks', { startedBy: 'arn:aws:scheduler:…' }, { mode: 'dry-run', startedBy: 'arn:aws:scheduler:…' }],
    ['the European Sovereign Cloud', { regions: ['eusc-de-east-1'] }, { mode: 'dry-run', regions: ['eusc-de-east-1'] }],
    ['GovCloud', { regions: ['us-gov-west-1'] }, { mode: 'dry-run', regions: ['us-gov-west-1'] }],
    ['a policy in S3', { policy: 's3://b/policy.yml' }, { mode: 'dry-run', policy: 's3://b/policy.yml' }],
    ['a policy of its own', { policy: { version: 1 } }, { mode: 'dry-run', policy: { version: 1 } }],
    ['another time', { at: '2026-12-24T06:00:00+01:00' }, { mode: 'dry-run', at: new Date('2026-12-24T05:00:00Z') }],
    ['another day', { at: '2026-12-24' }, { mode: 'dry-run', at: new Date('2026-12-24T00:00:00Z') }],
  ])('%s', (_, event, expected) => {
    expect(parseEvent(event)).toEqual(expected);
  });
});

describe('an event of the wrong shape is refused in one sentence', () => {
  it.each([
    ['a misspelled mode', { mode: 'enforced' }, '"mode" must be "dry-run" or "enforce" (nearest: "enforce")'],
    ['a misspelled key', { region: ['eu-west-1'] }, 'unknown key "region" (nearest: "regions")'],
    ['a key from elsewhere', { key1: 'value1' }, 'unknown key "key1" (known: mode, policy, regions, at, startedBy)'],
    ['no Region at all', { regions: [] }, '"regions" must name a Region, or be left out'],
    ['a Region that is none', { regions: ['eu'] }, '"regions.0" must be a Region such as "eu-west-1"'],
    ['a Region that is no list', { regions: 'eu-west-1' }, '"regions" must be a list of Regions such as ["eu-west-1"]'],
    [
      'a policy by path',
      { policy: './policy.yml' },
      '"policy" must be "s3://BUCKET/KEY" or the policy itself as an object',
    ],
    ['a time in words', { at: 'tomorrow' }, '"at" must be a time such as "2026-12-24T00:00:00Z"'],
    ['a novel of who asks', { startedBy: 'x'.repeat(257) }, '"startedBy" must be at most 256 characters'],
    ['a list', [], 'it is wrong'],
    ['a text', 'enforce', 'it is wrong'],
    ['acting for another time', { mode: 'enforce', at: '2030-01-01' }, '"at" plans for another time'],
    [
      'acting by another policy',
      { mode: 'enforce', policy: { version: 1, rules: [] } },
      'The event is not valid: "policy" goes with "mode": "dry-run" only, since an enforcing run takes the deployment\'s own policy; leave it out.',
    ],
    [
      'acting by another policy for another time',
      { mode: 'enforce', policy: 's3://b/p.yml', at: '2030-01-01' },
      'leave it out; "at" plans for another time, so it goes with "mode": "dry-run" only.',
    ],
    ['two faults', { mode: 1, at: 1 }, '"mode" must be "dry-run" or "enforce"; "at" must be a time'],
  ])('%s', (_, event, sentence) => {
    expect(() => parseEvent(event)).toThrow(sentence);
    expect(() => parseEvent(event)).toThrow(expect.objectContaining({ name: 'RefusedError' }));
  });
});
