import { EC2Client } from '@aws-sdk/client-ec2';
import { UsageError } from './errors.ts';

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;

/**
 * The Region to look at: `--region`, or what AWS's standard settings say.
 * @throws UsageError where there is none, or it is none
 */
export async function regionFor(given: string | undefined): Promise<string> {
  const region = given ?? (await configuredRegion());
  if (!REGION.test(region)) {
    throw new UsageError(`"${region}" is not a Region; give one such as --region eu-west-1`);
  }
  return region;
}

async function configuredRegion(): Promise<string> {
  const client = new EC2Client({});
  try {
    return await client.config.region();
  } catch {
    throw new UsageError('no Region is set; give --region eu-west-1, or set AWS_REGION');
  } finally {
    client.destroy();
  }
}
