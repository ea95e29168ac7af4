import { expect, test } from 'vitest';
import { auditLines, auditRecords, type StartedBy } from '../../src/report/audit.ts';
import { aReport, fullPlan, image, imageId, keep, RUN, snapshotId } from './plans.ts';

const STARTED_BY: StartedBy = { kind: 'command-line', callerArn: 'arn:aws:iam::123456789012:user/ann' };
const enforced = aReport(fullPlan(), {
  run: { ...RUN, mode: 'enforce' },
  outcomes: [
    { action: 'deregister', resourceId: imageId(3), status: 'done', requestId: 'request-1' },
    { action: 'delete-snapshot', resourceId: snapshotId(3), status: 'failed', reason: 'InvalidSnapshot.InUse' },
  ],
});

test('each action has its rule, its evidence, who started it and the request that did it', () => {
  const [image, snapshot] = auditRecords(enforced, STARTED_BY);
  expect(image).toMatchObject({
    runId: RUN.runId,
    accountId: '123456789012',
    startedBy: STARTED_BY,
    policy: { sha256: RUN.policy.sha256 },
    action: 'deregister',
    resourceId: imageId(3),
    imageName: 'webapp-3',
    rule: 'golden images',
    evidence: { reasons: [{ code: 'deprecated-for' }], sources: [{ name: 'images', status: 'read' }, {}] },
    status: 'done',
    requestId: 'request-1',
  });
  expect(snapshot).toMatchObject({
    action: 'delete-snapshot',
    imageId: imageId(3),
    evidence: { reasons: [{ code: 'image-deregistered' }] },
    status: 'failed',
    reason: 'InvalidSnapshot.InUse',
  });
});

test('a snapshot that no action of the plan names still has its image and rule', () => {
  const outcome = { action: 'delete-snapshot', resourceId: snapshotId(3), status: 'done' } as const;
  const report = aReport({ ...fullPlan(), passes: [] }, { outcomes: [outcome] });
  expect(auditRecords(report, STARTED_BY)).toMatchObject([
    { imageId: imageId(3), imageName: 'webapp-3', rule: 'golden images' },
  ]);
});

test('a dry run leaves none', () => expect(auditRecords(aReport(fullPlan()), STARTED_BY)).toEqual([]));

test('a record is one line to every reader, whatever its text holds', () => {
  const name = 'a\nb\u2028c\u0085d"\u001b[0m';
  const lines = auditLines(
    aReport(
      { decisions: [keep(image(1, { name }), [{ code: 'no-rule' }])] },
      { outcomes: [{ action: 'deprecate', resourceId: imageId(1), status: 'done' }] },
    ),
    STARTED_BY,
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ imageName: name });
});
