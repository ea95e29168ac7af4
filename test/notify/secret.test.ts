import { expect, it } from 'vitest';
import { checkToken, checkWebhook, readSecret } from '../../src/notify/secret.ts';
import { connect } from '../builders/in-process.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';

it.each([
  ['xoxb-12345678-abcdef', true],
  ['{"token":"xoxb-12345678"}', false],
  ['Bearer xoxb-12345678', false],
  ['secret\nvalue', false],
])('a bot token is taken only as one: %j', (secret, isOne) => {
  if (isOne) expect(checkToken(secret, 'ssm:/x')).toBe(secret);
  else expect(() => checkToken(secret, 'ssm:/x')).toThrow(/^the secret ssm:\/x is not a bot token/);
  if (!isOne) expect(() => checkToken(secret, 'ssm:/x')).not.toThrow(secret);
});

it.each([
  'http://hooks.slack.com/services/T/B/x',
  'https://hooks.slack.com.evil.example/services/T/B/x',
  'https://evil.example/https://hooks.slack.com/',
  'not an address',
])('nothing is sent to what is no webhook of Slack’s: %j', (address) => {
  expect(() => checkWebhook(address, 'ssm:/x', undefined)).toThrow(/is not the address of an incoming webhook/);
});

it('a webhook of Slack’s is taken', () => {
  expect(checkWebhook('https://hooks.slack.com/services/T/B/x', 'ssm:/x', undefined)).toContain('hooks.slack.com');
});

it('a secret is read, and one that is not there is told by its place', async () => {
  const story = new StoryAccount();
  story.parameter('/ami-janitor/token', [' xoxb-1 '], { dataType: 'text' });
  const { clients } = connect(story.state, { now: () => NOW });
  const source = { ssm: clients.ssm, region: clients.region };
  expect(await readSecret('ssm:/ami-janitor/token', source)).toBe('xoxb-1');
  await expect(readSecret('ssm:/ami-janitor/none', source)).rejects.toThrow(
    /^the secret ssm:\/ami-janitor\/none could not be read: ParameterNotFound/,
  );
  clients.destroy();
});
