import { readFileSync } from 'node:fs';
import { SnapshotReturnCodes } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/aws/error-codes.ts';

const [table = '', rows = ''] = readFileSync('docs/error-codes.md', 'utf8').split("## DeregisterImage's rows");
const cellsOf = (text: string) =>
  [...text.matchAll(/^\| (`.+) \|$/gm)].map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()));
const named = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('docs/error-codes.md', () => {
  it('says of every code that is decided by what it is taken for, and of no other', () => {
    const documented = cellsOf(table).flatMap(([codes, , taken = '']) =>
      named(codes).map((code) => [code, taken.replace(/,? or .*$/, '')]),
    );
    expect(documented.toSorted()).toEqual(Object.entries(ERROR_CODES).toSorted());
  });

  it.each(cellsOf(table))(
    '%s (%s, %s) has evidence, or says why its direction is safe',
    (...[, service, , evidence]) => {
      expect(service).not.toBe('');
      expect(evidence).toMatch(/^(?!.*unproven(?!.*[:,] .{20})).{3,}/);
    },
  );

  it('has every code of DeregisterImage’s rows', () => {
    expect(
      cellsOf(rows)
        .flatMap(([codes]) => named(codes))
        .toSorted(),
    ).toEqual(Object.values(SnapshotReturnCodes).toSorted());
  });
});
