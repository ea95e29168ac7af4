import { expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { addFunction, addSchedule, addStack, EVERY_NAME } from '../scenarios/every-text-kind.ts';
import { AT_HOME, POLICY, Running } from './running.ts';

it('an image that only texts of another account name stays: a stack, a function, and a schedule that the policy names', async () => {
  const seeded = seedOrganization({ consumers: 1, unused: 4 });
  const [inStack = '', inFunction = '', inSchedule = '', unused = ''] = seeded.images.unused;
  const { accountId, home } = seeded.consumer(1);
  addStack(home, { Parameters: [{ ParameterKey: 'Ami', ParameterValue: inStack }] });
  addFunction(home, { AMI: inFunction });
  addSchedule(home, JSON.stringify({ ImageId: inSchedule }));
  const references = `references: { byName: ${JSON.stringify(EVERY_NAME)}, `;
  const running = await Running.start(seeded, { ...AT_HOME, policy: POLICY.replace('references: { ', references) });
  await running.readAll();
  await running.join();
  await running.act();
  const { images } = await running.report();
  const there = seeded.golden.home.state.images;
  for (const [id, kind] of [
    [inStack, 'cloudformation:Stack'],
    [inFunction, 'lambda:Function'],
    [inSchedule, 'scheduler:Schedule'],
  ] as const) {
    expect(there.has(id)).toBe(true);
    expect(images.find(({ imageId }) => imageId === id)?.references).toMatchObject([{ kind, accountId }]);
  }
  expect(there.has(unused)).toBe(false);
});
