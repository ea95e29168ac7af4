import { expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import { anImage, DAY, imageId } from '../builders/account.ts';
import { aPolicy, decideFirst } from '../builders/policy.ts';

const MS = 1 / DAY;
type Wish = Parameters<typeof anImage>[0];

function selects(select: string, image: Image): boolean {
  const policy = aPolicy(`rules: [{ name: r, select: ${select}, keep: { youngerThan: 100y }, deprecate: {} }]`);
  return decideFirst([image], policy).rule === 'r';
}

const ROWS: [string, Wish, boolean][] = [
  ['{}', {}, true],
  ['{ tags: {} }', {}, true],
  ['{ tags: { Family: web } }', { tags: { Family: 'web' } }, true],
  ['{ tags: { Family: web } }', { tags: { Family: 'webapp' } }, false],
  ['{ tags: { Family: web } }', { tags: { family: 'web' } }, false],
  ['{ tags: { Family: web } }', {}, false],
  ['{ tags: { Family: "" } }', { tags: { Family: '' } }, true],
  ['{ tags: { Family: "*" } }', { tags: { Family: '' } }, true],
  ['{ tags: { "Fam*": "w?b" } }', { tags: { Family: 'web' } }, true],
  ['{ tags: { "Fam*": "w?b" } }', { tags: { Family: 'wb', Famous: 'wob' } }, true],
  ['{ tags: { "Fam*": "w?b" } }', { tags: { Family: 'wb', Other: 'wob' } }, false],
  ['{ tags: { A: "1", B: "2" } }', { tags: { A: '1', B: '2' } }, true],
  ['{ tags: { A: "1", B: "2" } }', { tags: { A: '1' } }, false],
  ['{ tags: { A: { absent: true } } }', {}, true],
  ['{ tags: { A: { absent: true } } }', { tags: { A: '' } }, false],
  ['{ tags: { "a*": { absent: true } } }', { tags: { ab: 'x' } }, false],
  ['{ name: "web-*" }', { name: 'web-1' }, true],
  ['{ name: "web-*" }', { name: 'my-web-1' }, false],
  ['{ name: ["api-*", "web-*"] }', { name: 'web-1' }, true],
  ['{ name: ["api-*", "web-*"] }', { name: 'job-1' }, false],
  ['{ description: "*packer*" }', { description: 'built by packer 1.9' }, true],
  ['{ description: "*packer*" }', {}, false],
  ['{ architecture: arm64 }', {}, true],
  ['{ architecture: x86_64 }', {}, false],
  ['{ platform: "Linux*" }', {}, true],
  ['{ platform: "Windows*" }', {}, false],
  ['{ rootDeviceType: ebs }', {}, true],
  ['{ rootDeviceType: instance-store }', {}, false],
  ['{ state: [available, disabled] }', { state: 'disabled' }, true],
  ['{ state: available }', { state: 'disabled' }, false],
  ['{ olderThan: 30d }', { ageDays: 30 }, true],
  ['{ olderThan: 30d }', { ageDays: 30 - MS }, false],
  ['{ olderThan: 30d }', { ageDays: 'unknown' }, false],
  ['{ youngerThan: 30d }', { ageDays: 30 - MS }, true],
  ['{ youngerThan: 30d }', { ageDays: 30 }, false],
  ['{ youngerThan: 30d }', { ageDays: 'unknown' }, false],
  ['{ name: "webapp-*", architecture: x86_64 }', {}, false],
  ['{ tags: { Family: [api, "w?b"] } }', { tags: { Family: 'web' } }, true],
  ['{ tags: { Family: [api, job] } }', { tags: { Family: 'web' } }, false],
  ['{ sourceImage: ami-0000000000000000b }', { sourceImageId: imageId(11) }, true],
  ['{ sourceImage: [ami-0000000000000000b] }', { sourceImageId: imageId(12) }, false],
  ['{ sourceImage: "*" }', {}, false],
  ['{ severity: CRITICAL }', { scan: { severity: 'critical' } }, true],
  ['{ severity: [high, critical] }', { scan: { severity: 'medium' } }, false],
  ['{ severity: [low] }', { scan: {} }, false],
  ['{ severity: critical }', {}, false],
  ['{ not: { severity: critical } }', { scan: { severity: 'high' } }, true],
  ['{ not: { severity: critical } }', { scan: {} }, true],
  ['{ not: { severity: critical } }', { scan: { severity: 'critical' } }, false],
  // Nobody knows what is in an image that was never scanned.
  ['{ not: { severity: critical } }', {}, false],
  ['{ watermark: "*:approved" }', { watermarks: ['111122223333:base', '111122223333:approved'] }, true],
  ['{ watermark: ["*:golden", "111122223333:*"] }', { watermarks: ['999999999999:approved'] }, false],
  ['{ watermark: "*" }', {}, false],
  ['{ not: { watermark: "*" } }', {}, true],
  ['{ accounts: ["123456789012"], regions: [eu-west-1] }', {}, true],
  ['{ accounts: ["111122223333"] }', {}, false],
  ['{ regions: [eu-west-2] }', {}, false],
  ['{ not: { name: "*-golden" } }', { name: 'web-golden' }, false],
  ['{ not: { name: "*-golden" } }', { name: 'web-1' }, true],
  ['{ name: "web-*", not: { name: "*-golden" } }', { name: 'api-1' }, false],
  ['{ not: { name: "*-golden", tags: { A: b } } }', { name: 'web-golden' }, true],
  ['{ not: { name: "*-golden", tags: { A: b } } }', { name: 'web-golden', tags: { A: 'b' } }, false],
  ['{ not: { accounts: ["123456789012"] } }', {}, false],
  ['{ not: { accounts: ["111122223333"], name: "*" } }', {}, true],
  ['{ not: { olderThan: 30d } }', { ageDays: 30 }, false],
  ['{ not: { olderThan: 30d } }', { ageDays: 30 - MS }, true],
  ['{ not: { olderThan: 30d } }', { ageDays: 'unknown' }, false],
];

test.each(ROWS)('%s of %j is %s', (select, wish, expected) => {
  expect(selects(select, anImage(wish))).toBe(expected);
});

test('the first rule that selects an image owns it', () => {
  const policy = aPolicy(`rules:
    - { name: none, select: { name: x }, keep: { newest: 1 } }
    - { name: first, select: { name: "webapp-*" }, keep: { youngerThan: 1y } }
    - { name: second, select: {}, keep: { newest: 1 } }`);
  expect(decideFirst([anImage()], policy)).toMatchObject({ rule: 'first', decision: 'keep' });
});
