import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { times } from '../builders/runs.ts';
import { type Told, tell } from './account.ts';
import { EVERY_KIND, POLICY_OF_EVERY_KIND as policy } from './every-kind.ts';
import { aKind, aPlan, make } from './random-accounts.ts';

const RUNS = times(10);

/** Everything that a plan would take away. */
const takes = ({ taken, deleted }: Told) => [...taken, ...deleted].sort();

const removes = ({ action }: { readonly action: string }) => action === 'deregister' || action === 'delete-snapshot';

/** A report without what an observation alone can change. */
const decided = ({ report }: Told) => ({
  ...report,
  sources: report.sources.map(({ name, status }) => [name, status]),
});

describe('over random accounts', () => {
  it('what anything references is never in a plan, and what nothing references is', async () => {
    await fc.assert(
      fc.asyncProperty(aPlan, async (plan) => {
        const { account, imageIds, referenced } = make(plan);
        const { taken, report } = await tell(account.state, { policy });
        expect(report.complete).toBe(true);
        expect([...taken].sort()).toEqual(imageIds.filter((id) => !referenced.has(id)).sort());
      }),
      RUNS,
    );
  });

  it('a reference more never takes anything more', async () => {
    await fc.assert(
      fc.asyncProperty(aPlan, aKind, fc.nat(), async (plan, kind, which) => {
        const { account, imageIds } = make(plan);
        const before = await tell(account.state, { policy });
        const imageId = imageIds[which % imageIds.length] ?? '';
        EVERY_KIND[kind]?.(account, imageId);
        const after = await tell(account.state, { policy });
        expect(takes(before)).toEqual(expect.arrayContaining(takes(after)));
        expect(after.taken).not.toContain(imageId);
      }),
      RUNS,
    );
  });

  it('a call that fails never takes anything more, and makes the report incomplete', async () => {
    const fault = fc.constantFrom(
      'access-denied',
      'server-error',
      'drop-before',
      'drop-after',
      'garbage',
      'empty-answer',
    );
    await fc.assert(
      fc.asyncProperty(aPlan, fault, fc.nat(), fc.boolean(), async (plan, kind, which, always) => {
        const { account } = make(plan);
        const intact = await tell(account.state, { policy });
        // Without the images and the account's own number there is no report at all; the others only inform, or may.
        const informing = [
          'ListImagesInRecycleBin',
          'ListAccountAliases',
          'ListLifecyclePolicies',
          'GetLifecyclePolicy',
        ];
        const apart = ['DescribeImages', 'GetCallerIdentity', 'ListImages', 'ListImageBuildVersions', ...informing];
        const calls = intact.calls.entries.filter(({ operation }) => !apart.includes(operation));
        const broken = calls[which % calls.length]?.operation;
        let left = 1;
        const intercept = (call: Call) => {
          if (call.operation !== broken || (!always && left === 0)) return undefined;
          left -= 1;
          return { kind } as const;
        };
        const disturbed = await tell(account.state, { policy, intercept });
        expect(takes(intact)).toEqual(expect.arrayContaining(takes(disturbed)));
        if (broken === 'ListRules' || broken === 'GetRule') {
          // No source of references: it holds back what removes, and nothing else.
          expect(disturbed.report.warnings.join()).toContain('rbin:ListRules');
          expect(disturbed.report.passes.flatMap(({ actions }) => actions).filter(removes)).toEqual([]);
          return;
        }
        // Where another account's parameter may be meant, each is asked for again by itself.
        if (broken === 'GetParameters' && kind === 'access-denied' && !always) return;
        expect(disturbed.report.complete).toBe(false);
        const action = broken === 'ListObjectsV2' ? 'ListBucket' : broken;
        if (kind === 'access-denied') expect(JSON.stringify(disturbed.report.sources)).toContain(`:${action}`);
      }),
      RUNS,
    );
  });

  it('pages of one change nothing where there are two of every kind', async () => {
    const { account } = make(Object.keys(EVERY_KIND).map((kind) => [kind, kind]));
    const whole = await tell(account.state, { policy });
    const paged = await tell(account.state, { policy, pageSizeCap: 1 });
    expect(decided(paged)).toEqual(decided(whole));
  });

  it('the size of pages changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(aPlan, fc.constantFrom(1, 2, 3, 7), async (plan, pageSizeCap) => {
        // Two of everything, so that every list has a second page.
        const { account } = make(plan.map((ways) => ways.flatMap((way) => [way, way])));
        const whole = await tell(account.state, { policy });
        const paged = await tell(account.state, { policy, pageSizeCap });
        expect(decided(paged)).toEqual(decided(whole));
      }),
      RUNS,
    );
  });
});
