import {
  CreateTags$,
  type CreateTagsRequest,
  DeleteTags$,
  type DeleteTagsRequest,
  type Tag,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, write } from '../operation.ts';
import type { AccountState, Binned } from '../state.ts';
import { IMAGE_ID, INSTANCE_ID, mustFind, SNAPSHOT_ID, VOLUME_ID } from './parameters.ts';

const MOST_RESOURCES = 1000;
const MOST_TAGS = 50;
const MOST_KEY_CHARACTERS = 127;
const MOST_VALUE_CHARACTERS = 256;

/** A resource that carries tags, and how to give it others. */
interface Tagged {
  readonly id: string;
  readonly tags: readonly Tag[];
  readonly replace: (tags: Tag[]) => void;
}

function taggedIn<Resource extends { readonly Tags?: Tag[] | undefined }>(
  resources: Map<string, Resource>,
  id: string,
  found: Resource,
): Tagged {
  return { id, tags: found.Tags ?? [], replace: (Tags) => resources.set(id, { ...found, Tags }) };
}

/** What lies in the Recycle Bin goes on carrying tags, and they can be changed there. */
function taggedInBin<Resource extends { readonly Tags?: Tag[] | undefined }>(
  bin: Map<string, Binned<Resource>>,
  id: string,
): Tagged | undefined {
  const entry = bin.get(id);
  if (entry === undefined) return undefined;
  const replace = (Tags: Tag[]) => bin.set(id, { ...entry, resource: { ...entry.resource, Tags } });
  return { id, tags: entry.resource.Tags ?? [], replace };
}

function taggedResource(state: AccountState, id: string): Tagged {
  const lying = taggedInBin(state.recycleBin.images, id) ?? taggedInBin(state.recycleBin.snapshots, id);
  if (lying !== undefined) return lying;
  if (id.startsWith('ami-')) return taggedIn(state.images, id, mustFind(state.images, id, IMAGE_ID));
  if (id.startsWith('snap-')) return taggedIn(state.snapshots, id, mustFind(state.snapshots, id, SNAPSHOT_ID));
  if (id.startsWith('i-')) return taggedIn(state.instances, id, mustFind(state.instances, id, INSTANCE_ID));
  if (id.startsWith('vol-')) return taggedIn(state.volumes, id, mustFind(state.volumes, id, VOLUME_ID));
  throw new ServiceError('InvalidID', `The ID '${id}' is not valid`);
}

/** Every resource that a call names; one that does not exist refuses the call before anything changes. */
function resourcesOf(state: AccountState, ids: readonly string[] | undefined): Tagged[] {
  if (ids === undefined || ids.length === 0)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter resourceIdSet');
  if (ids.length > MOST_RESOURCES)
    throw new ServiceError('InvalidParameterValue', `At most ${MOST_RESOURCES} resources can be tagged in a call.`);
  return [...new Set(ids)].map((id) => taggedResource(state, id));
}

function checkKey(key: string | undefined): string {
  if (key === undefined || key === '')
    throw new ServiceError('InvalidParameterValue', 'Tag key cannot be null or empty');
  if (key.toLowerCase().startsWith('aws:')) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  if ([...key].length > MOST_KEY_CHARACTERS)
    throw new ServiceError(
      'InvalidParameterValue',
      `Tag key exceeds the maximum length of ${MOST_KEY_CHARACTERS} characters`,
    );
  return key;
}

function checkValue(value: string): void {
  if ([...value].length > MOST_VALUE_CHARACTERS) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Tag value exceeds the maximum length of ${MOST_VALUE_CHARACTERS} characters`,
    );
  }
}

function createTags(input: CreateTagsRequest, { state }: Context): undefined {
  const resources = resourcesOf(state, input.Resources);
  const given = new Map<string, string>();
  for (const tag of input.Tags ?? []) {
    const key = checkKey(tag.Key);
    if (given.has(key)) throw new ServiceError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    checkValue(tag.Value ?? '');
    given.set(key, tag.Value ?? '');
  }
  if (given.size === 0) throw new ServiceError('MissingParameter', 'The request must contain the parameter tagSet');
  const changes = resources.map((resource) => {
    const merged = new Map([...resource.tags.map((tag) => [tag.Key ?? '', tag.Value ?? ''] as const), ...given]);
    // AWS's own tags do not count towards the limit.
    const counted = [...merged.keys()].filter((key) => !key.startsWith('aws:')).length;
    if (counted > MOST_TAGS)
      throw new ServiceError('TagLimitExceeded', `More than ${MOST_TAGS} tags on the resource '${resource.id}'`);
    return { resource, tags: [...merged].map(([Key, Value]) => ({ Key, Value })) };
  });
  for (const { resource, tags } of changes) resource.replace(tags);
  return undefined;
}

/** True where a call asks for this tag to go: a value given must match; no value means any. */
function isAsked(tag: Tag, asked: readonly Tag[]): boolean {
  if (tag.Key?.startsWith('aws:')) return false;
  return (
    asked.length === 0 ||
    asked.some((wanted) => wanted.Key === tag.Key && (wanted.Value === undefined || wanted.Value === tag.Value))
  );
}

function deleteTags(input: DeleteTagsRequest, { state }: Context): undefined {
  const resources = resourcesOf(state, input.Resources);
  const asked = input.Tags ?? [];
  for (const tag of asked) checkKey(tag.Key);
  for (const resource of resources) resource.replace(resource.tags.filter((tag) => !isAsked(tag, asked)));
  return undefined;
}

export const tagChanges: readonly Operation[] = [write(CreateTags$, createTags), write(DeleteTags$, deleteTags)];
