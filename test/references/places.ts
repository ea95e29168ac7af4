import { readFileSync } from 'node:fs';
import type { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { Client } from '@smithy/core/client';
import { NormalizedSchema } from '@smithy/core/schema';
import { vi } from 'vitest';
import * as z from 'zod';
import { createClients } from '../../src/aws/clients.ts';
import type { Finder } from '../../src/references/finder.ts';
import { gatherReferences } from '../../src/references/gather.ts';
import { SETTINGS, SILENT } from './gathering.ts';

type Specification = ReturnType<typeof loadAwsServiceSpecSync>;
const resourcesOf = (specification: Specification) => specification.all('resource');
type PropertyType = ReturnType<typeof resourcesOf>[number]['properties'][string]['type'];
/** An operation as the SDK's packages export its schema: its name third, its input fifth, its answer sixth. */
type Operation = readonly unknown[];

const NAMES_IMAGE = /(?:ami|image)(?:ids?|idoverride)?$/i;
const ANSWERS = /^(?:Describe|Get|List|BatchGet|Search)/;

/** Every property of CloudFormation's resources that holds an AMI id, as `AWS::Batch::ComputeEnvironment ComputeResources.ImageId`. */
export function* declaredPlaces(specification: Specification): Generator<string> {
  function* placesIn(
    type: PropertyType,
    path: readonly string[],
    documentation: string,
    within: readonly string[],
  ): Generator<string> {
    const name = path.at(-1) ?? '';
    // Many a property that is called an image is a container's or a picture's.
    const isAmi = /(?:Ami|Image)Id/.test(name) || /\bAMIs?\b|Amazon Machine Image/.test(documentation);
    if (type.type === 'string' && NAMES_IMAGE.test(name) && isAmi) yield path.join('.');
    if (type.type === 'array' || type.type === 'map') yield* placesIn(type.element, path, documentation, within);
    if (type.type === 'union') for (const one of type.types) yield* placesIn(one, path, documentation, within);
    if (type.type !== 'ref' || within.includes(type.reference.$ref)) return;
    const inner = [...within, type.reference.$ref];
    const { properties } = specification.get('typeDefinition', type.reference);
    for (const [member, property] of Object.entries(properties))
      yield* placesIn(property.type, [...path, member], property.documentation ?? '', inner);
  }
  for (const { cloudFormationType, properties } of resourcesOf(specification)) {
    for (const [name, { type, documentation = '' }] of Object.entries(properties))
      for (const place of placesIn(type, [name], documentation, [])) yield `${cloudFormationType} ${place}`;
  }
}

/** Every answer of the SDK's clients that holds an AMI id, as `ec2.DescribeFleets Fleets.Errors…ImageId`. */
export async function answeredPlaces(): Promise<string[]> {
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const places: string[] = [];
  for (const name of Object.keys(devDependencies).filter((one) => one.startsWith('@aws-sdk/client-'))) {
    const module: Readonly<Record<string, unknown>> = await import(name);
    for (const operation of Object.values(module).filter(isOperation))
      places.push(...placesOf(name.slice(16), operation));
  }
  return places;
}

function isOperation(value: unknown): value is Operation {
  return Array.isArray(value) && value[0] === 9 && ANSWERS.test(String(value[2]));
}

/** The places in one operation's answer. */
export function placesOf(service: string, operation: Operation): string[] {
  return leavesOf(operation)
    .filter((path) => NAMES_IMAGE.test(path.at(-1) ?? ''))
    .map((path) => `${service}.${operation[2]} ${path.join('.')}`);
}

function leavesOf(operation: Operation): string[][] {
  const leaves: string[][] = [];
  answerOf(operation, (path) => {
    leaves.push([...path]);
    return '';
  });
  return leaves;
}

/** An answer with everything in it, one of each; a text is what `textOf` gives for its path. */
function answerOf(operation: Operation, textOf: (path: readonly string[]) => string): unknown {
  const fill = (schema: NormalizedSchema, path: readonly string[], within: readonly string[]): unknown => {
    if (schema.isStructSchema()) {
      if (within.includes(schema.getName() ?? '')) return undefined;
      const inner = [...within, schema.getName() ?? ''];
      const members = [...schema.structIterator()];
      // A page that names a next one would have no end.
      const told = members.filter(([name]) => path.length > 0 || !/token|marker/i.test(name));
      return Object.fromEntries(told.map(([name, member]) => [name, fill(member, [...path, name], inner)]));
    }
    if (schema.isListSchema()) return [fill(schema.getValueSchema(), path, within)];
    if (schema.isMapSchema()) return { x: fill(schema.getValueSchema(), path, within) };
    if (schema.isTimestampSchema()) return new Date(0);
    if (schema.isNumericSchema()) return 1;
    if (schema.isBooleanSchema()) return true;
    return schema.isStringSchema() ? textOf(path) : undefined;
  };
  return fill(NormalizedSchema.of(z.custom<Parameters<typeof NormalizedSchema.of>[0]>().parse(operation[5])), [], []);
}

const BUILD = 'arn:aws:imagebuilder:eu-west-1:123456789012:image/x';
/** What some answers say, so that every question is asked: recipes start from builds, and clusters have fleets or groups. */
const ROUNDS: readonly Readonly<Record<string, string>>[] = [
  {},
  { parentImage: `${BUILD}/x.x.x`, arn: `${BUILD}/1.0.0/1`, InstanceCollectionType: 'INSTANCE_FLEET' },
];

/**
 * The places whose image the finders report, by trying: every request is answered with everything in it, and an AMI id of
 * its own in each place.
 */
export async function placesRead(finders: readonly Finder[]): Promise<Set<string>> {
  const ids = new Map<string, string>();
  const idOf = (place: string) => {
    const id = ids.get(place) ?? `ami-${String(ids.size).padStart(17, '0')}`;
    ids.set(place, id);
    return id;
  };
  const found = new Set<string>();
  for (const texts of ROUNDS) {
    const send = vi.spyOn(Client.prototype, 'send').mockImplementation(async function (
      this: unknown,
      command: unknown,
    ) {
      const operation: unknown = Reflect.get(Object(command), 'schema');
      if (!Array.isArray(operation)) throw new Error('a command without a schema');
      const service = serviceOf(operation);
      return answerOf(operation, (path) => {
        const name = path.at(-1) ?? '';
        if (texts[name] !== undefined) return texts[name];
        if (!NAMES_IMAGE.test(name)) return 'x';
        return idOf(`${service}.${operation[2]} ${path.join('.')}`);
      });
    });
    const { images } = await gatherReferences(
      finders,
      createClients('eu-west-1', { maxAttempts: 1 }),
      SETTINGS,
      SILENT,
    );
    send.mockRestore();
    for (const image of images.keys()) found.add(image);
  }
  return new Set([...ids].filter(([, id]) => found.has(id)).map(([place]) => place));
}

/** `com.amazonaws.ec2` is the client `ec2`. */
function serviceOf(operation: Operation): string {
  const name = String(operation[1]).split('.').at(-1) ?? '';
  return { autoscaling: 'auto-scaling', elasticbeanstalk: 'elastic-beanstalk' }[name] ?? name;
}
