// The packaged template from the CDK, as it is: `npm run package` has written dist/package/.
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';

const PACKAGE = 'dist/package';

const stack = new Stack(new App(), 'ami-janitor-prod');
const bucket = new Bucket(stack, 'Code', { enforceSSL: true });
const code = new BucketDeployment(stack, 'CodeFiles', {
  destinationBucket: bucket,
  destinationKeyPrefix: 'ami-janitor/',
  sources: [Source.asset(PACKAGE)],
  prune: false,
});
const janitor = new CfnInclude(stack, 'AmiJanitor', {
  templateFile: `${PACKAGE}/ami-janitor.json`,
  // Every other parameter keeps its default, and can be given when the stack is deployed.
  parameters: {
    CodeBucket: bucket.bucketName,
    Enforce: 'false',
    Regions: 'eu-west-1,us-east-1',
    EventBus: 'default',
  },
});
// The functions are made from files that have to be there first.
janitor.node.addDependency(code);
