import type { ComputeEnvironmentDetail } from '@aws-sdk/client-batch';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, nameOf, reference } from './image-value.ts';
import { templateFindings } from './template-mention.ts';

/** AWS Batch compute environments: their own images, and their launch templates with all overrides. */
export const batchComputeEnvironments: Finder = {
  source: 'batch-compute-environments',
  permissions: ['batch:DescribeComputeEnvironments'],
  service: 'batch',
  after: [],
  async *find({ clients, requests }) {
    const batch = await clients.batch();
    const answers = pages(
      (nextToken) => requests.send(() => batch.describeComputeEnvironments({ maxResults: 100, nextToken })),
      (page) => page.nextToken,
    );
    for await (const page of answers) {
      for (const environment of listOf(page.computeEnvironments, 'computeEnvironments')) yield* findingsOf(environment);
    }
  },
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
  for (const specification of [...whole, ...overrides]) {
    yield* templateFindings(
      {
        LaunchTemplateId: specification.launchTemplateId,
        LaunchTemplateName: specification.launchTemplateName,
        Version: specification.version,
      },
      nameOf(named),
    );
  }
}
