import {
  DescribeApplicationsCommand,
  DescribeConfigurationSettingsCommand,
  type DescribeConfigurationSettingsMessage,
  DescribeEnvironmentsCommand,
  ElasticBeanstalkClient,
} from '@aws-sdk/client-elastic-beanstalk';
import { essential, listOf, pages } from '../aws/requests.ts';
import type { Reference } from '../model/reference.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** Something that has settings, and how to ask for them. */
interface Configured {
  readonly question: DescribeConfigurationSettingsMessage;
  readonly named: Reference;
}

/** Elastic Beanstalk environments and applications' saved configurations: the image that their settings name. */
export const find: Finder['find'] = async function* (context) {
  const { requests } = context;
  const configured = [...(await Array.fromAsync(environmentsOf(context))), ...(await readTemplates(context))];
  const findings = await requests.sendAll(configured, (one) => readSettings(context, one));
  yield* findings.flat();
  requests.items = configured.length;
};

async function* environmentsOf({ clients, requests }: FinderContext): AsyncGenerator<Configured> {
  const client = clients.of(ElasticBeanstalkClient);
  const answers = pages((NextToken) =>
    requests.send(() => client.send(new DescribeEnvironmentsCommand({ IncludeDeleted: false, NextToken }))),
  );
  for await (const { Environments } of answers) {
    for (const { ApplicationName, EnvironmentName: name, Status } of listOf(Environments, 'Environments')) {
      const EnvironmentName = essential(name, 'EnvironmentName of an environment');
      const question = { ApplicationName: essential(ApplicationName, `ApplicationName of ${name}`), EnvironmentName };
      yield { question, named: reference('elasticbeanstalk:Environment', EnvironmentName, Status) };
    }
  }
}

async function readTemplates({ clients, requests }: FinderContext): Promise<Configured[]> {
  const client = clients.of(ElasticBeanstalkClient);
  const { Applications } = await requests.send(() => client.send(new DescribeApplicationsCommand({})));
  return listOf(Applications, 'Applications').flatMap(({ ApplicationName: name, ConfigurationTemplates }) => {
    const ApplicationName = essential(name, 'ApplicationName of an application');
    return listOf(ConfigurationTemplates, `ConfigurationTemplates of ${name}`).map((TemplateName) => ({
      question: { ApplicationName, TemplateName },
      named: reference('elasticbeanstalk:ConfigurationTemplate', `${ApplicationName}/${TemplateName}`),
    }));
  });
}

async function readSettings({ clients, requests }: FinderContext, { question, named }: Configured): Promise<Finding[]> {
  const command = new DescribeConfigurationSettingsCommand(question);
  const answer = await requests.send(() => clients.of(ElasticBeanstalkClient).send(command));
  // While it is being changed, an environment has the settings that it had and those that it is to have.
  return listOf(answer.ConfigurationSettings, 'ConfigurationSettings').flatMap(({ OptionSettings }) =>
    listOf(OptionSettings, `OptionSettings of ${named.resource}`)
      .filter(({ OptionName }) => essential(OptionName, `OptionName of ${named.resource}`) === 'ImageId')
      .flatMap(({ Value }) => [...imageFindings(Value, named)]),
  );
}
