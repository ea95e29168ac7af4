import { paginateDescribeDBEngineVersions, RDSClient } from '@aws-sdk/client-rds';
import { essential, itemsOf } from '../aws/requests.ts';
import type { Finder } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** RDS Custom's engines. The versions of all others are AWS's own, name no image, and take ten pages. */
export const CUSTOM_ENGINES = [
  'custom-oracle-ee',
  'custom-oracle-ee-cdb',
  'custom-oracle-se2',
  'custom-oracle-se2-cdb',
  'custom-sqlserver-dev',
  'custom-sqlserver-ee',
  'custom-sqlserver-se',
  'custom-sqlserver-web',
];

/** RDS Custom engine versions: the image that databases of each are made from, whatever its status. */
export const find: Finder['find'] = async function* ({ clients, requests }) {
  const question = { Filters: [{ Name: 'engine', Values: CUSTOM_ENGINES }], IncludeAll: true, MaxRecords: 100 };
  const versions = paginateDescribeDBEngineVersions({ client: clients.of(RDSClient) }, question);
  for await (const { Engine, EngineVersion, Image, Status } of itemsOf(versions, 'DBEngineVersions', requests)) {
    const name = `${essential(Engine, 'Engine of a version')} ${essential(EngineVersion, 'EngineVersion of a version')}`;
    yield* imageFindings(Image?.ImageId, reference('rds:CustomDBEngineVersion', name, Status));
  }
};
