import { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { lineText, progressText, type Standing, startProgress } from '../../src/cli/progress.ts';
import { SOURCES } from '../../src/model/sources.ts';

const START = new Date('2026-11-21T02:00:00Z');
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);
const reading: Standing = { what: 'Reading eu-west-1', requests: 42, sources: { read: 7, of: 15 } };
const acting = (ended: number, of: number): Standing => ({
  ...reading,
  acting: { ended, of, startedAt: START, last: 'deregister ami-0123456789abcdef0: done' },
});

/** Progress that nobody watches, and what it said. */
function inAPipe() {
  const said: string[] = [];
  const stderr = new Writable({
    write: (text, _, done) => {
      said.push(String(text));
      done();
    },
  });
  const streams = { stdin: Readable.from([]), stdout: new Writable(), stderr };
  const connect = () => {
    throw new Error('nothing is asked here');
  };
  const io = { ...streams, env: {}, now: () => START, command: 'ami-janitor', connect };
  return { said, progress: startProgress(io, 'Reading eu-west-1') };
}

describe('progress in a pipe', () => {
  it('says what it waits for, a few by name', () => {
    const line = (names: readonly string[]) => lineText(reading, later(1), new Set(names));
    expect(line(['ec2-fleets'])).toBe('Reading eu-west-1: 7 of 15 sources, 42 requests; waiting for ec2-fleets');
    expect(line(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toMatch(/; waiting for a, b, c, d, e and 2 more$/);
    expect(lineText(acting(10, 40), later(30), new Set(['a']))).toMatch(/^Acting: 10 of 40 actions, about/);
  });

  it('says of a service that can not be read how to leave it out, and of EC2 itself not', () => {
    const { said, progress } = inAPipe();
    for (const name of ['instances', 'emr-clusters'])
      progress.onSource({ name, status: 'unreadable', references: 0, calls: 1, error: 'denied' });
    progress.stop();
    expect(said).toEqual([
      'warning: instances could not be read, so every image is kept: denied\n',
      "warning: emr-clusters could not be read, so every image is kept: denied; if this account surely doesn't use it, the policy may say references: { off: [emr-clusters] }\n",
    ]);
  });

  it('says so every fifteen seconds, and nothing once it is over', () => {
    vi.useFakeTimers();
    try {
      const { said, progress } = inAPipe();
      for (const name of SOURCES.slice(1)) progress.onSource({ name, status: 'read', references: 0, calls: 1 });
      vi.advanceTimersByTime(31_000);
      expect(said).toHaveLength(2);
      // Images and snapshots are sources, too.
      const standing = `Reading eu-west-1: ${SOURCES.length - 1} of ${SOURCES.length + 2} sources`;
      expect(said[0]).toMatch(new RegExp(`^${standing}.*waiting for images, snapshots, auto-scaling-groups`));
      progress.stop();
      vi.advanceTimersByTime(60_000);
      expect(said).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('progress in one line', () => {
  it.each([
    ['sources and requests', reading, later(1), 80, 'Reading eu-west-1: 7 of 15 sources, 42 requests'],
    [
      'what comes after the sources',
      { ...reading, sources: { read: 15, of: 15 } },
      later(1),
      80,
      'Reading eu-west-1: looking closer, 42 requests',
    ],
    ['the time left', acting(10, 40), later(30), 80, 'Acting: 10 of 40 actions, about 90 seconds left'],
    [
      'minutes',
      acting(10, 400),
      later(30),
      120,
      'Acting: 10 of 400 actions, about 20 minutes left, deregister ami-0123456789abcdef0: done',
    ],
    ['no time left before there is a measure', acting(1, 40), later(30), 40, 'Acting: 1 of 40 actions'],
    ['forty columns', reading, later(1), 40, 'Reading eu-west-1: 7 of 15 sources'],
  ] as const)('tells %s', (_, standing, now, columns, line) => {
    const text = progressText(standing, now, columns);
    expect(text).toBe(line);
    expect(text.length).toBeLessThanOrEqual(columns - 3);
  });

  it('never wraps', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 20, max: 200 }), (ended, more, columns) => {
        expect(progressText(acting(ended, ended + more), later(9), columns).length).toBeLessThanOrEqual(columns - 3);
      }),
    );
  });
});
