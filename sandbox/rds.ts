import {
  type DBEngineVersionMessage,
  DescribeDBEngineVersions$,
  type DescribeDBEngineVersionsMessage,
} from '@aws-sdk/client-rds';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

/** RDS takes no smaller and no larger page. */
const [LEAST, MOST] = [20, 100];
const FILTERS: ReadonlySet<string> = new Set([
  'db-parameter-group-family',
  'engine',
  'engine-mode',
  'engine-version',
  'status',
]);

function describeVersions(
  { Engine, Filters = [], IncludeAll, Marker, MaxRecords: size = MOST }: DescribeDBEngineVersionsMessage,
  { state, pages }: Context,
): DBEngineVersionMessage {
  if (size < LEAST || size > MOST)
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid value ${size} for MaxRecords. Must be between ${LEAST} and ${MOST}`,
    );
  const unknown = Filters.find(({ Name = '' }) => !FILTERS.has(Name));
  if (unknown !== undefined)
    throw new ServiceError('InvalidParameterValue', `Unrecognized filter name: ${unknown.Name}`);
  const asked = [
    ...(Engine === undefined ? [] : [[Engine]]),
    ...Filters.flatMap(({ Name, Values }) => (Name === 'engine' && Values ? [Values] : [])),
  ];
  const found = [...state.engineVersions.values()].filter(
    (version) =>
      asked.every((engines) => engines.includes(version.Engine ?? '')) &&
      (IncludeAll === true || version.Status === 'available'),
  );
  const page = pages.take(found, ({ DBEngineVersionArn }) => DBEngineVersionArn, { token: Marker, size });
  return { DBEngineVersions: page.items, Marker: page.nextToken };
}

export const rdsOperations: readonly Operation[] = [read(DescribeDBEngineVersions$, describeVersions)];
