import { describe, expect, it } from 'vitest';
import { calledAs } from '../../src/cli/io.ts';
import { nextSteps } from '../../src/cli/next-steps.ts';
import type { PlanOptions } from '../../src/cli/options.ts';
import type { Report } from '../../src/report/report.ts';
import { aReport, daysAgo, due, fullPlan, image, imageId, RUN } from '../report/plans.ts';

const OPTIONS = { policy: 'ami-janitor.yml', format: 'table', out: 'reports' } as const;
const planned = aReport(fullPlan());
const deprecating = aReport({
  decisions: [due(image(1), 'deprecate')],
  passes: [
    {
      pass: 'deprecate',
      actions: [{ action: 'deprecate', imageId: imageId(1), rule: 'all', alreadyDeprecated: false }],
      deferred: [],
    },
  ],
});

const told = (report: Report, options: PlanOptions) =>
  nextSteps(report, options, 'ami-janitor').map(({ says, command }) =>
    command === undefined ? says : `${says} ${command}`,
  );

describe('what to do next', () => {
  it.each([
    [
      'enforce the gentlest of what was planned',
      planned,
      OPTIONS,
      /^2 images would be deprecated or reinstated, which can be undone; enforce with: ami-janitor deprecate --enforce$/,
    ],
    ['enforce that pass alone', deprecating, OPTIONS, /enforce with: ami-janitor deprecate --enforce/],
    [
      'by the same policy in the same Region',
      planned,
      { ...OPTIONS, policy: 'my policy.yml', profile: 'prod', region: 'eu-west-1' },
      /ami-janitor deprecate --policy 'my policy\.yml' --profile prod --region eu-west-1 --enforce/,
    ],
    ['leave out --at', planned, { ...OPTIONS, at: daysAgo(-9) }, /leave out --at/],
    ['leave out the recording', planned, { ...OPTIONS, recording: 'a.json' }, /leave out --recording/],
    ['explain an image', planned, OPTIONS, /ami-janitor explain ami-0{16}2/],
    ['keep the report', planned, { policy: 'p.yml', format: 'table' }, /--out DIR/],
    ['nothing', aReport(), OPTIONS, /Nothing is to be done now/],
  ] as const)('%s', (_, report, options, step) => {
    expect(told(report, options)).toContainEqual(expect.stringMatching(step));
  });

  it('offers a removal only where nothing gentler is planned, and says so', () => {
    const passes = planned.passes.filter(({ pass }) => pass === 'deregister' || pass === 'delete-snapshots');
    expect(told({ ...planned, passes }, OPTIONS)).toContainEqual(
      '1 image would be deregistered, which only the Recycle Bin can undo; enforce with: ami-janitor deregister --enforce',
    );
  });

  it('never offers to enforce what AWS was not asked about, or another time', () => {
    for (const options of [
      { ...OPTIONS, recording: 'a.json' },
      { ...OPTIONS, at: daysAgo(-9) },
    ])
      expect(told(planned, options).join()).not.toContain('--enforce');
  });

  it('after acting tells how to bring it back, and what failed', () => {
    const outcomes = [
      { action: 'deregister', resourceId: imageId(3), status: 'done', recoverableUntil: daysAgo(-7) },
      { action: 'deprecate', resourceId: imageId(2), status: 'failed', reason: 'denied' },
    ] as const;
    const steps = told(aReport(fullPlan(), { run: { ...RUN, mode: 'enforce' }, outcomes }), OPTIONS).join('\n');
    expect(steps).toContain(`ami-janitor restore ${RUN.runId}`);
    expect(steps).toContain('1 action failed');
    expect(steps).not.toContain('--enforce');
  });

  it('puts what could not be read first', () => {
    const sources = [{ name: 'instances', status: 'unreadable', references: 0, calls: 1, error: 'denied' }] as const;
    expect(told(aReport({ complete: false, sources }), OPTIONS)[0]).toContain("instances can't be read");
  });
});

it.each([
  ['/code/src/cli/main.ts', { npm_command: 'run-script' }, 'npm run -s janitor --'],
  ['/code/scripts/demo.ts', {}, 'npm run -s janitor --'],
  ['/root/.npm/_npx/1a2b/node_modules/.bin/ami-janitor', { npm_command: 'exec' }, 'npx ami-janitor'],
  ['/code/node_modules/.bin/ami-janitor', {}, 'npx ami-janitor'],
  ['/usr/local/bin/ami-janitor', {}, 'ami-janitor'],
  ['C:\\npm\\node_modules\\ami-janitor\\dist\\cli\\main.js', {}, 'ami-janitor'],
  [`${process.cwd()}/dist/cli/main.js`, {}, 'node dist/cli/main.js'],
])('a command in a hint is called as whoever reads it called %s', (script, environment, command) => {
  expect(calledAs(script, environment)).toBe(command);
  const steps = nextSteps(planned, OPTIONS, command).map((step) => step.command);
  expect(steps).toContain(`${command} deprecate --enforce`);
});
