import { setTimeout as wait } from 'node:timers/promises';

/** CloudFormation and Lambda of an emulator, in the words of their protocols: this project has no clients of theirs. */
export class Emulator {
  readonly endpoint: string;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  /** Makes, updates or removes a stack; answers with the status that it ends in, or with why it was refused. */
  async stack(
    action: string,
    name: string,
    templateUrl?: string,
    given: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const parameters = Object.entries(given).flatMap(([key, value], index) => [
      [`Parameters.member.${index + 1}.ParameterKey`, key],
      [`Parameters.member.${index + 1}.ParameterValue`, value],
    ]);
    const template = templateUrl === undefined ? [] : [['TemplateURL', templateUrl]];
    const rest = [...template, ...parameters, ['Capabilities.member.1', 'CAPABILITY_NAMED_IAM']];
    const asked = await this.#cloudFormation(action, name, Object.fromEntries(rest));
    if (asked.includes('<Error>')) return /<Message>(.*?)<\/Message>/s.exec(asked)?.[1] ?? asked;
    for (let tries = 0; tries < 120; tries += 1) {
      await wait(500);
      const answer = await this.#cloudFormation('DescribeStacks', name);
      const status = /<StackStatus>(\w+)/.exec(answer)?.[1];
      if (status === undefined) return 'DELETE_COMPLETE';
      if (!status.endsWith('IN_PROGRESS')) return status;
    }
    return 'still in progress after a minute';
  }

  /** What a stack is made of: physical ids by logical ones. */
  async resources(name: string): Promise<Map<string, string>> {
    const answer = await this.#cloudFormation('ListStackResources', name);
    return new Map(
      [...answer.matchAll(/<member>(.*?)<\/member>/gs)].map(([, member = '']) => [
        /<LogicalResourceId>(.*?)</.exec(member)?.[1] ?? '',
        /<PhysicalResourceId>(.*?)</.exec(member)?.[1] ?? '',
      ]),
    );
  }

  /** What a function answers. */
  async invoke(name: string): Promise<string> {
    const url = `${this.endpoint}/2015-03-31/functions/${name}/invocations`;
    return (await fetch(url, { method: 'POST', headers: signed('lambda'), body: '{}' })).text();
  }

  async #cloudFormation(Action: string, StackName: string, rest: Readonly<Record<string, string>> = {}) {
    const body = new URLSearchParams({ Action, Version: '2010-05-15', StackName, ...rest });
    return (await fetch(this.endpoint, { method: 'POST', headers: signed('cloudformation'), body })).text();
  }
}

/** The emulator reads of the signature which service is meant, and no more. */
function signed(service: string): Record<string, string> {
  const scope = `test/20261121/eu-west-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}
