import type { Parameter } from '@aws-sdk/client-ssm';
import { regionsOf } from '../regions.ts';
import type { AccountState } from '../state.ts';

/** Where AWS answers this path; elsewhere there is nothing below it. */
const ANSWERED_IN: ReadonlySet<string> = new Set([
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]);

const SERVICES: ReadonlySet<string> = new Set([
  'autoscaling',
  'batch',
  'cloudformation',
  'codebuild',
  'ec2',
  'elasticbeanstalk',
  'emr',
  'imagebuilder',
  'rds',
  'sagemaker',
  'lambda',
  'scheduler',
  'ssm',
  'stepfunctions',
]);

/** AWS's public parameters on where a service is offered; undefined for every other path. */
export function serviceRegions(path: string, { region, everywhere }: AccountState): Parameter[] | undefined {
  const [, service] = /^\/aws\/service\/global-infrastructure\/services\/([^/]+)\/regions\/?$/.exec(path) ?? [];
  if (service === undefined) return undefined;
  if (!ANSWERED_IN.has(region) || !SERVICES.has(service)) return [];
  const without = everywhere.notOffered.get(service);
  return [...regionsOf(everywhere).keys()]
    .filter((name) => without?.has(name) !== true)
    .map((name) => {
      const Name = `/aws/service/global-infrastructure/services/${service}/regions/${name}`;
      const ARN = `arn:aws:ssm:${region}::parameter${Name}`;
      return { Name, Type: 'String', Value: name, Version: 1, ARN, DataType: 'text' };
    });
}
