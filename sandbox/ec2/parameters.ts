import { ServiceError } from '../error.ts';

/** What EC2 checks of parameters before it looks at anything else. */

/** A page's size: as asked, if it lies in the range that EC2 takes, else the service's own. */
export function pageSize(asked: number | undefined, range: { min: number; max: number; default?: number }): number {
  if (asked === undefined) return range.default ?? Number.POSITIVE_INFINITY;
  if (asked >= range.min && asked <= range.max) return asked;
  throw new ServiceError(
    'InvalidParameterValue',
    `Value ( ${asked} ) for parameter maxResults is invalid. Expecting a value between ${range.min} and ${range.max}.`,
  );
}

/** EC2 does not page through ids: where it refuses both together, so does this. */
export function refuseTogether(
  ids: readonly unknown[] | undefined,
  idsName: string,
  maxResults: number | undefined,
): void {
  if (ids === undefined || ids.length === 0 || maxResults === undefined) return;
  throw new ServiceError(
    'InvalidParameterCombination',
    `The parameter ${idsName} cannot be used with the parameter maxResults`,
  );
}

export interface IdKind {
  readonly prefix: string;
  readonly notFound: string;
  readonly malformed: string;
  readonly noun: string;
}

export const IMAGE_ID: IdKind = {
  prefix: 'ami',
  notFound: 'InvalidAMIID.NotFound',
  malformed: 'InvalidAMIID.Malformed',
  noun: 'image id',
};
export const SNAPSHOT_ID: IdKind = {
  prefix: 'snap',
  notFound: 'InvalidSnapshot.NotFound',
  malformed: 'InvalidParameterValue',
  noun: 'snapshot',
};
export const INSTANCE_ID: IdKind = {
  prefix: 'i',
  notFound: 'InvalidInstanceID.NotFound',
  malformed: 'InvalidInstanceID.Malformed',
  noun: 'instance ID',
};
export const VOLUME_ID: IdKind = {
  prefix: 'vol',
  notFound: 'InvalidVolume.NotFound',
  malformed: 'InvalidParameterValue',
  noun: 'volume',
};
export const TEMPLATE_ID: IdKind = {
  prefix: 'lt',
  notFound: 'InvalidLaunchTemplateId.NotFound',
  malformed: 'InvalidLaunchTemplateId.Malformed',
  noun: 'launch template id',
};

export function checkId(id: string | undefined, kind: IdKind): string {
  if (id === undefined || id === '')
    throw new ServiceError('MissingParameter', `The request must contain the parameter ${kind.noun}`);
  if (new RegExp(`^${kind.prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return id;
  throw new ServiceError(kind.malformed, `Invalid id: "${id}" (expecting "${kind.prefix}-...")`);
}

/** The resource of an id; refusals in EC2's words where the id is wrong or names nothing. */
export function mustFind<Resource>(
  resources: ReadonlyMap<string, Resource>,
  id: string | undefined,
  kind: IdKind,
): Resource {
  const checked = checkId(id, kind);
  const found = resources.get(checked);
  if (found !== undefined) return found;
  throw new ServiceError(
    kind.notFound,
    `The ${kind.noun} '${kind.prefix === 'ami' ? `[${checked}]` : checked}' does not exist`,
  );
}

/** All of a map, or those that the ids name; one id that names nothing refuses the call. */
export function selected<Resource>(
  resources: ReadonlyMap<string, Resource>,
  ids: readonly string[] | undefined,
  kind: IdKind,
): readonly Resource[] {
  return ids === undefined || ids.length === 0
    ? [...resources.values()]
    : ids.map((id) => mustFind(resources, id, kind));
}
