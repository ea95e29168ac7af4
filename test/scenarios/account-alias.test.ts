import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/calls.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { createClients } from '../../src/aws/clients.ts';
import { readAccountAlias } from '../../src/inventory/account-settings.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { recordingText } from '../../src/recording/write.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { anAccount } from '../builders/account.ts';
import { connect } from '../builders/in-process.ts';
import { PLAIN, reportHtml, reportJson } from '../report/texts.ts';
import { NOW, StoryAccount, tell } from './account.ts';

const ALIAS = 'prod-images';

/** An account with an image that is due; an alias of it, and what happens to the call for that. */
function told(accountAlias: string | undefined, { fault, delay = 0 }: { fault?: Fault; delay?: number } = {}) {
  const account = new StoryAccount();
  const due = account.image('due');
  if (accountAlias !== undefined) account.state.everywhere.accountAlias = accountAlias;
  return tell(account.state, {
    enforce: true,
    intercept: ({ service }) => (service === 'iam' ? fault : undefined),
    latencyMilliseconds: ({ service }) => (service === 'iam' ? delay : 0),
  }).then((all) => ({ ...all, due }));
}

describe('the alias of an account', () => {
  it('stands in the report and at the head of every medium, for one call a run', async () => {
    const { report, calls, due } = await told(ALIAS);
    const { accountId, region } = report.target;
    expect(report.target).toEqual({ accountId, region, accountAlias: ALIAS });
    expect(JSON.parse(reportJson(report)).target).toEqual(report.target);
    const named = `${accountId} (${ALIAS})`;
    const [heading = ''] = /<h1>.*?<\/h1>/.exec(reportHtml(report)) ?? [];
    expect(heading.replaceAll(/<[^>]+>/g, '')).toBe(`AMI report ${named} ${region}`);
    expect(reportMarkdown(report).split('\n')[0]?.replaceAll('\\', '')).toBe(`# AMI report: ${named} ${region}`);
    expect(reportTerminal(report, { width: 160, palette: PLAIN })).toContain(`AMI report  ${named} ${region}`);
    expect(report.outcomes).toContainEqual(expect.objectContaining({ resourceId: due, status: 'done' }));
    // The account was read anew before the act, and the alias was not.
    expect(calls.count('DescribeInstances')).toBeGreaterThan(1);
    expect(calls.counts('iam')).toEqual({ ListAccountAliases: 1 });
  });

  it.each<[string, string | undefined, Parameters<typeof told>[1]]>([
    ['there is none', undefined, {}],
    ['the role may not ask', ALIAS, { fault: { kind: 'access-denied' } }],
    ['IAM fails', ALIAS, { fault: { kind: 'server-error' } }],
    ['the answer is garbage', ALIAS, { fault: { kind: 'garbage' } }],
    ['the connection breaks', ALIAS, { fault: { kind: 'drop-before' } }],
    ['IAM takes longer than two seconds', ALIAS, { delay: 2500 }],
    ['it is none that IAM takes', '<b>\u001b[31m', {}],
  ])('is left out where %s, and nothing else changes', async (_, alias, options) => {
    const { report, due } = await told(alias, options);
    const { target, complete, warnings, outcomes } = report;
    expect(Object.keys(target)).toEqual(['accountId', 'region']);
    expect(complete).toBe(true);
    expect(warnings.join()).not.toMatch(/alias|iam:/i);
    expect(outcomes).toContainEqual(expect.objectContaining({ resourceId: due, status: 'done' }));
  });

  it('is asked for once, where everything else is tried again', async () => {
    const account = emptyAccount();
    account.everywhere.accountAlias = ALIAS;
    const intercept = () => ({ kind: 'server-error' }) as const;
    const { clients, calls } = connect(account, { now: () => NOW, intercept }, 3);
    expect(await readAccountAlias(clients)).toBeUndefined();
    clients.destroy();
    expect(calls.counts()).toEqual({ ListAccountAliases: 1 });
  });

  it('travels in a recording', () => {
    const target = { accountId: '123456789012', region: 'eu-west-1', accountAlias: ALIAS };
    expect(parseRecording(recordingText(anAccount({ target })))).toMatchObject({ ok: true, account: { target } });
  });

  it.each([
    ['eu-west-1', 'iam.amazonaws.com', 'us-east-1'],
    ['cn-northwest-1', 'iam.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['us-gov-east-1', 'iam.us-gov.amazonaws.com', 'us-gov-west-1'],
    ['eusc-de-east-1', 'iam.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['us-iso-west-1', 'iam.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ])('of %s is asked for at %s, signed for %s', async (region, host, signingRegion) => {
    const asked: string[] = [];
    const body = `<R><ListAccountAliasesResult><AccountAliases><member>${ALIAS}</member></AccountAliases></ListAccountAliasesResult></R>`;
    const handle = async (sent: { readonly hostname: string; readonly headers: Record<string, string> }) => {
      const [, scope] = /Credential=\w+\/\d+\/([\w/-]+)\/aws4_request/.exec(sent.headers.authorization ?? '') ?? [];
      asked.push(`${sent.hostname} ${scope}`);
      return { response: { statusCode: 200, headers: {}, body: Buffer.from(body) } };
    };
    const credentials = { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' };
    const clients = createClients(region, { sending: { credentials, requestHandler: { handle } } });
    expect(await readAccountAlias(clients)).toBe(ALIAS);
    clients.destroy();
    expect(asked).toEqual([`${host} ${signingRegion}/iam`]);
  });
});
