import { autoScalingOperations } from './autoscaling.ts';
import { batchOperations } from './batch.ts';
import {
  EC2_ERRORS,
  EMR_ERRORS,
  ORGANIZATIONS_ERRORS,
  QUERY_ERRORS,
  RBIN_ERRORS,
  REST_JSON_ERRORS,
  S3_ERRORS,
  type ServiceErrors,
  SSM_ERRORS,
} from './calls.ts';
import { cloudFormationOperations } from './cloudformation.ts';
import { codeBuildOperations } from './codebuild.ts';
import { dlmOperations } from './dlm.ts';
import { ec2Operations } from './ec2/operations.ts';
import { elasticBeanstalkOperations } from './elasticbeanstalk.ts';
import { emrOperations } from './emr.ts';
import { eventBridgeOperations } from './eventbridge.ts';
import { iamOperations } from './iam.ts';
import { imageBuilderOperations } from './imagebuilder.ts';
import { lambdaOperations } from './lambda.ts';
import { type Operation, operationTable } from './operation.ts';
import { organizationsOperations } from './organizations/operations.ts';
import { jsonRpcProtocol } from './protocols/json-rpc.ts';
import type { Protocol } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { restProtocol } from './protocols/rest.ts';
import { rdsOperations } from './rds.ts';
import { retentionRuleOperations } from './recycle-bin/rules.ts';
import { s3Operations } from './s3.ts';
import { sageMakerOperations } from './sagemaker.ts';
import { schedulerOperations } from './scheduler.ts';
import { serviceQuotasOperations } from './service-quotas.ts';
import { ssmOperations } from './ssm/operations.ts';
import { stepFunctionsOperations } from './stepfunctions.ts';
import { stsOperations } from './sts.ts';

/** A service as the endpoint knows it. */
export interface Service {
  /** As the signing scope says it. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ServiceErrors;
}

function service(
  name: string,
  protocol: Protocol,
  errors: ServiceErrors,
  operations: readonly Operation[],
): [string, Service] {
  return [name, { name, protocol, errors, operations: operationTable(operations) }];
}

/** Every service that the endpoint speaks for, by the name in the signing scope. */
export const SERVICES: ReadonlyMap<string, Service> = new Map([
  service('ec2', queryProtocol('ec2', '2016-11-15'), EC2_ERRORS, ec2Operations),
  service('autoscaling', queryProtocol('query', '2011-01-01'), QUERY_ERRORS, autoScalingOperations),
  service('sts', queryProtocol('query', '2011-06-15'), QUERY_ERRORS, stsOperations),
  service('iam', queryProtocol('query', '2010-05-08'), QUERY_ERRORS, iamOperations),
  service('servicequotas', jsonRpcProtocol('ServiceQuotasV20190624'), SSM_ERRORS, serviceQuotasOperations),
  service('ssm', jsonRpcProtocol('AmazonSSM'), SSM_ERRORS, ssmOperations),
  service('organizations', jsonRpcProtocol('AWSOrganizationsV20161128'), ORGANIZATIONS_ERRORS, organizationsOperations),
  service('s3', restProtocol('xml', '/{Bucket}'), S3_ERRORS, s3Operations),
  service('events', jsonRpcProtocol('AWSEvents'), ORGANIZATIONS_ERRORS, eventBridgeOperations),
  service('imagebuilder', restProtocol('json'), REST_JSON_ERRORS, imageBuilderOperations),
  service('dlm', restProtocol('json'), REST_JSON_ERRORS, dlmOperations),
  service('rbin', restProtocol('json'), RBIN_ERRORS, retentionRuleOperations),
  service('elasticbeanstalk', queryProtocol('query', '2010-12-01'), QUERY_ERRORS, elasticBeanstalkOperations),
  service('codebuild', jsonRpcProtocol('CodeBuild_20161006'), EMR_ERRORS, codeBuildOperations),
  service('sagemaker', jsonRpcProtocol('SageMaker'), EMR_ERRORS, sageMakerOperations),
  service('rds', queryProtocol('query', '2014-10-31'), QUERY_ERRORS, rdsOperations),
  service('elasticmapreduce', jsonRpcProtocol('ElasticMapReduce'), EMR_ERRORS, emrOperations),
  service('cloudformation', queryProtocol('query', '2010-05-15'), QUERY_ERRORS, cloudFormationOperations),
  service('lambda', restProtocol('json'), REST_JSON_ERRORS, lambdaOperations),
  service('states', jsonRpcProtocol('AWSStepFunctions'), SSM_ERRORS, stepFunctionsOperations),
  service('scheduler', restProtocol('json'), RBIN_ERRORS, schedulerOperations),
  service('batch', restProtocol('json'), REST_JSON_ERRORS, batchOperations),
]);
