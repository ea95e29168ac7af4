import {
  type ApplicationDescriptionsMessage,
  type ConfigurationSettingsDescriptions,
  DescribeApplications$,
  type DescribeApplicationsMessage,
  DescribeConfigurationSettings$,
  type DescribeConfigurationSettingsMessage,
  DescribeEnvironments$,
  type DescribeEnvironmentsMessage,
  type EnvironmentDescriptionsMessage,
} from '@aws-sdk/client-elastic-beanstalk';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST_RECORDS = 1000;

function describeEnvironments(
  input: DescribeEnvironmentsMessage,
  { state, pages }: Context,
): EnvironmentDescriptionsMessage {
  const size = input.MaxRecords ?? MOST_RECORDS;
  if (size < 1 || size > MOST_RECORDS)
    throw new ServiceError('InvalidParameterValue', `MaxRecords must be between 1 and ${MOST_RECORDS}.`);
  const found = [...state.beanstalkEnvironments.values()]
    .map(({ environment }) => environment)
    .filter(({ EnvironmentName = '', ApplicationName, Status }) => {
      const isAsked = (input.EnvironmentNames ?? [EnvironmentName]).includes(EnvironmentName);
      const isOfApplication = (input.ApplicationName ?? ApplicationName) === ApplicationName;
      return isAsked && isOfApplication && (input.IncludeDeleted === true || Status !== 'Terminated');
    });
  const page = pages.take(found, ({ EnvironmentName }) => EnvironmentName, { token: input.NextToken, size });
  return { Environments: page.items, NextToken: page.nextToken };
}

function describeApplications(
  { ApplicationNames }: DescribeApplicationsMessage,
  { state }: Context,
): ApplicationDescriptionsMessage {
  const found = [...state.beanstalkTemplates].filter(([name]) => (ApplicationNames ?? [name]).includes(name));
  return {
    Applications: found.map(([ApplicationName, templates]) => ({
      ApplicationName,
      ConfigurationTemplates: [...templates.keys()],
    })),
  };
}

function describeSettings(
  { ApplicationName = '', EnvironmentName, TemplateName }: DescribeConfigurationSettingsMessage,
  { state }: Context,
): ConfigurationSettingsDescriptions {
  if ((EnvironmentName === undefined) === (TemplateName === undefined)) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'You must specify either an environment name or a template name, and not both.',
    );
  }
  if (EnvironmentName !== undefined) {
    const stored = state.beanstalkEnvironments.get(EnvironmentName);
    if (stored?.environment.ApplicationName !== ApplicationName)
      throw new ServiceError(
        'InvalidParameterValue',
        `No Environment found for EnvironmentName = '${EnvironmentName}'.`,
      );
    const { settings: OptionSettings } = stored;
    return { ConfigurationSettings: [{ ApplicationName, EnvironmentName, OptionSettings: [...OptionSettings] }] };
  }
  const settings = state.beanstalkTemplates.get(ApplicationName)?.get(TemplateName ?? '');
  if (settings === undefined)
    throw new ServiceError('InvalidParameterValue', `No Configuration Template named '${TemplateName}' found.`);
  return { ConfigurationSettings: [{ ApplicationName, TemplateName, OptionSettings: [...settings] }] };
}

export const elasticBeanstalkOperations: readonly Operation[] = [
  read(DescribeEnvironments$, describeEnvironments),
  read(DescribeApplications$, describeApplications),
  read(DescribeConfigurationSettings$, describeSettings),
];
