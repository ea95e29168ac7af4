import { BatchClient, type ComputeEnvironmentDetail, paginateDescribeComputeEnvironments } from '@aws-sdk/client-batch';
import { essential, itemsOf } from '../aws/requests.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, nameOf, reference, templateFindings } from './findings.ts';

/** AWS Batch compute environments: their own images, and their launch templates with all overrides. */
export const find: Finder['find'] = async function* ({ clients, requests }) {
  const environments = paginateDescribeComputeEnvironments({ client: clients.of(BatchClient) }, { maxResults: 100 });
  for await (const environment of itemsOf(environments, 'computeEnvironments', requests))
    yield* findingsOf(environment);
};

function* findingsOf(environment: ComputeEnvironmentDetail): Generator<Finding> {
  const named = reference(
    'batch:ComputeEnvironment',
    essential(environment.computeEnvironmentName, 'computeEnvironmentName'),
  );
  const { imageId, ec2Configuration, launchTemplate } = environment.computeResources ?? {};
  yield* imageFindings(imageId, named);
  for (const configuration of ec2Configuration ?? []) yield* imageFindings(configuration.imageIdOverride, named);
  const { overrides = [], ...main } = launchTemplate ?? {};
  const isNamed = main.launchTemplateId !== undefined || main.launchTemplateName !== undefined;
  // A template may be named by overrides alone.
  const whole = launchTemplate !== undefined && (isNamed || overrides.length === 0) ? [main] : [];
  for (const { launchTemplateId: LaunchTemplateId, launchTemplateName: LaunchTemplateName, version: Version } of [
    ...whole,
    ...overrides,
  ])
    yield* templateFindings({ LaunchTemplateId, LaunchTemplateName, Version }, nameOf(named));
}
