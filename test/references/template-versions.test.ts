import { describe, expect, it } from 'vitest';
import type { Mention } from '../../src/references/finder.ts';
import { TemplateVersions, type VersionRow } from '../../src/references/template-versions.ts';

const row = (version: number, options: Partial<VersionRow> = {}): VersionRow => ({
  templateId: 'lt-1',
  templateName: 'web',
  version,
  isDefault: false,
  imageValue: undefined,
  blockDevices: [],
  ...options,
});

const names = (version: string, options: Partial<Mention<'launch-template'>> = {}): Mention<'launch-template'> => ({
  finds: 'launch-template',
  mention: { templateId: 'lt-1', version },
  namedBy: 'Auto Scaling group "web"',
  past: false,
  ...options,
});

/** A template with versions 1 to 9, of which the first call gives the default (2) and the latest (9). */
const listed = () => new TemplateVersions([row(2, { isDefault: true }), row(9)]);

describe('which versions of a launch template are still to be read', () => {
  it.each([
    ['$Default', []],
    ['$Latest', []],
    ['2', []],
    ['9', []],
    ['5', [{ template: { id: 'lt-1' }, numbers: [5] }]],
    ['latest', [{ template: { id: 'lt-1' }, after: 0 }]],
  ])('named at %s', (version, missing) => {
    const versions = listed();
    expect(versions.missing({ kind: 'in-use' }, versions.resolve([names(version)]))).toEqual(missing);
  });

  it('asks once for all numbers that are named of one template, by id or by name', () => {
    const versions = listed();
    const byName = names('6', { mention: { templateName: 'web', version: '6' } });
    const named = versions.resolve([names('5'), names('5'), byName]);
    expect(versions.missing({ kind: 'in-use' }, named)).toEqual([{ template: { id: 'lt-1' }, numbers: [5, 6] }]);
  });

  it('asks for a template that was not listed, since it may have come to be meanwhile', () => {
    const versions = listed();
    const named = versions.resolve([names('1', { mention: { templateName: 'new', version: '1' } })]);
    expect(versions.missing({ kind: 'in-use' }, named)).toEqual([{ template: { name: 'new' }, numbers: [1] }]);
  });

  it('does not ask for the template of an instance that outlived it', () => {
    const versions = listed();
    const named = versions.resolve([names('1', { mention: { templateId: 'lt-gone', version: '1' }, past: true })]);
    expect(versions.missing({ kind: 'in-use' }, named)).toEqual([]);
  });

  it.each([
    [{ kind: 'newest', newest: 1 } as const, []],
    [{ kind: 'newest', newest: 3 } as const, [{ template: { id: 'lt-1' }, after: 0 }]],
    [{ kind: 'all' } as const, [{ template: { id: 'lt-1' }, after: 0 }]],
  ])('in mode %j', (mode, missing) => {
    expect(listed().missing(mode, [])).toEqual(missing);
  });

  it('asks for few of the newest at first, and for all where too many of those were deleted', () => {
    const versions = new TemplateVersions([row(1, { isDefault: true }), row(500)]);
    const mode = { kind: 'newest', newest: 3 } as const;
    const template = { id: 'lt-1' };
    const first = versions.missing(mode, []);
    expect(first).toEqual([{ template, after: 477 }]);
    versions.add([row(499)]);
    for (const wanted of first) versions.noteRead(wanted);
    expect([...versions.lacking(mode)]).toEqual([{ template, after: 0 }]);
    versions.noteRead({ template, after: 0 });
    expect([...versions.lacking(mode)]).toEqual([]);
  });

  it('is content where the few that were asked for hold enough', () => {
    const versions = new TemplateVersions([row(500, { isDefault: true })]);
    const mode = { kind: 'newest', newest: 2 } as const;
    for (const wanted of versions.missing(mode, [])) versions.noteRead(wanted);
    versions.add([row(499)]);
    expect([...versions.lacking(mode)]).toEqual([]);
  });

  it('asks for all of a template of which a number and the newest are wanted', () => {
    const versions = new TemplateVersions([row(500, { isDefault: true })]);
    const named = versions.resolve([names('7')]);
    expect(versions.missing({ kind: 'newest', newest: 2 }, named)).toEqual([{ template: { id: 'lt-1' }, after: 0 }]);
  });

  it('does not ask for more of a template whose every version came with the first call', () => {
    const versions = new TemplateVersions([row(1, { isDefault: true }), row(2)]);
    expect(versions.missing({ kind: 'all' }, [])).toEqual([]);
  });
});

describe('which versions count as use', () => {
  const all = () => new TemplateVersions([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => row(n, { isDefault: n === 2 })));

  it('names the first of thousands of instances, and how many more there are', () => {
    const versions = all();
    const mentions = Array.from({ length: 20_000 }, (_, index) => names('4', { namedBy: `instance i-${index}` }));
    const rows = [...versions.counted({ kind: 'in-use' }, versions.resolve(mentions))];
    const namedBy = rows.find(({ version }) => version === 4)?.namedBy;
    expect(namedBy).toHaveLength(21);
    expect(namedBy?.at(-1)).toBe('19980 more');
  });

  it.each([
    [{ kind: 'in-use' } as const, [9, 4, 2]],
    [{ kind: 'newest', newest: 3 } as const, [9, 8, 7, 4, 2]],
    [{ kind: 'all' } as const, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('in mode %j, with version 4 named', (mode, counted) => {
    const versions = all();
    const rows = [...versions.counted(mode, versions.resolve([names('4')]))];
    expect(rows.map(({ version }) => version)).toEqual(counted);
    expect(rows.find(({ version }) => version === 4)?.namedBy).toEqual(['Auto Scaling group "web"']);
    expect(rows.filter(({ isLatest }) => isLatest).map(({ version }) => version)).toEqual([9]);
  });
});
