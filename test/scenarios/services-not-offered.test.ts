import { describe, expect, it } from 'vitest';
import { emptyAccountWide } from '../../sandbox/account-wide.ts';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { SOURCE_OF } from '../../src/model/sources.ts';
import { outgoingReferencesOf } from '../../src/organization/read/outgoing-references.ts';
import { sourceNote } from '../../src/report/incomplete.ts';
import { anAccount } from '../builders/account.ts';
import { type ActOptions, actOn, policyOf } from '../execute/acting.ts';
import { StoryAccount } from './account.ts';
import { EVERY_NAME } from './every-text-kind.ts';

const REGION = 'af-south-1';
const BATCH = 'batch-compute-environments';

/** As AWS's list of services calls them. */
const SERVICES = [...SOURCE_OF.values()].flatMap(({ service }) => service ?? []);
/** Those whose endpoints have another name. */
const ENDPOINTS: Readonly<Record<string, string>> = { emr: 'elasticmapreduce', stepfunctions: 'states' };

/** An account in a Region; AWS offers what few accounts use everywhere but in those that are named. */
function inRegion(region: string, ...without: string[]): StoryAccount {
  const everywhere = emptyAccountWide();
  everywhere.regions.set(REGION, 'opted-in');
  for (const service of SERVICES) everywhere.notOffered.set(service, new Set(without));
  return new StoryAccount(emptyAccount('123456789012', region, everywhere));
}

async function told(story: StoryAccount, options: ActOptions) {
  const image = story.image('old');
  const { report, calls, of } = await actOn(story, options);
  const batch = report.sources.find(({ name }) => name === BATCH);
  return { report, calls, ending: of(image), batch, note: batch === undefined ? '' : sourceNote(batch) };
}

const asksTheList = ({ operation }: Pick<Call, 'operation'>) => operation === 'GetParametersByPath';

describe('where AWS offers none of the services that few accounts use', () => {
  it('their sources are off, with AWS’s list as the reason, and everything due goes', async () => {
    const { report, ending, batch, note } = await told(inRegion(REGION, REGION), {
      noEndpoint: SERVICES.map((service) => ENDPOINTS[service] ?? service),
      policy: policyOf('deregister: { after: 30d }', `references: { byName: ${JSON.stringify(EVERY_NAME)} }`),
    });
    expect(ending).toBe('done');
    expect(report.complete).toBe(true);
    expect(batch).toMatchObject({ status: 'off', references: 0 });
    expect(note).toBe(`AWS does not offer batch in ${REGION}, by its own list of services`);
    expect(report.sources.filter(({ status }) => status === 'off').map(({ name }) => name)).toEqual([
      'image-builder-recipes',
      BATCH,
      'emr-clusters',
      'beanstalk-environments',
      'codebuild-fleets',
      'hyperpod-clusters',
      'rds-custom-versions',
      'cloudformation-stacks',
      'lambda-functions',
      'state-machines',
      'schedules',
    ]);
  });

  it('no other Region or account is held for it: the place counts as read', () => {
    const account = anAccount();
    const sources = account.references.sources.map((source) =>
      source.name === BATCH
        ? ({ name: BATCH, status: 'off', references: 0, calls: 4, reason: 'not offered' } as const)
        : source,
    );
    expect(outgoingReferencesOf({ ...account, references: { ...account.references, sources } }).status).toBe('read');
  });
});

describe('an endpoint that is not found proves nothing', () => {
  const LISTS: readonly (readonly [string, Fault['kind'], string])[] = [
    ['is denied', 'access-denied', 'could not be read: access denied'],
    ['does not come', 'drop-before', 'could not be read: AWS could not be reached'],
    ['is garbage', 'garbage', 'could not be read'],
    ['says nothing', 'empty-answer', 'could not be read'],
  ];
  it.each(LISTS)('where AWS’s list %s: everything stays', async (_, kind, why) => {
    const { report, ending, batch, note } = await told(inRegion(REGION, REGION), {
      noEndpoint: ['batch'],
      intercept: (call) => (asksTheList(call) && kind !== undefined ? { kind } : undefined),
    });
    expect(ending).toBeUndefined();
    expect(report.complete).toBe(false);
    expect(batch?.status).toBe('unreadable');
    expect(note).toContain(`whether batch is offered in ${REGION} can't be told: AWS's list of services ${why}`);
  });

  it.each([
    ['says that the service is offered there', inRegion(REGION, 'eu-west-1'), 'says that batch is offered'],
    [
      'names it nowhere, as for a service that it calls otherwise',
      inRegion(REGION, 'us-east-1', REGION),
      'so it is not whole',
    ],
    ['does not tell of the partition', inRegion('cn-north-1', 'cn-north-1'), 'does not tell of cn-north-1'],
  ])('where AWS’s list %s: everything stays', async (_, story, why) => {
    const { ending, batch, note } = await told(story, { noEndpoint: ['batch'] });
    expect(ending).toBeUndefined();
    expect(batch?.status).toBe('unreadable');
    expect(note).toContain(why);
  });
});

describe('any other failure is no absence, whatever AWS’s list says', () => {
  it.each(['access-denied', 'drop-before', 'server-error', 'garbage'] as const)('%s', async (kind) => {
    const { ending, batch, calls } = await told(inRegion(REGION, REGION), {
      noEndpoint: ['imagebuilder'],
      intercept: ({ service }) => (service === 'batch' ? { kind } : undefined),
    });
    expect(ending).toBeUndefined();
    expect(batch?.status).toBe('unreadable');
    const asked = calls.entries.filter(asksTheList).map(({ input }) => JSON.stringify(input));
    expect(asked.filter((input) => input.includes('batch'))).toEqual([]);
  });
});
