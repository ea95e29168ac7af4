import { describe, expect, it } from 'vitest';
import { BrokenAnswerError, listOf, pages, Requests } from '../../src/aws/requests.ts';

interface Page {
  readonly items: readonly number[];
  readonly NextToken?: string;
}

async function readAll(answers: readonly Page[]): Promise<{ items: number[]; tokens: (string | undefined)[] }> {
  const tokens: (string | undefined)[] = [];
  const items: number[] = [];
  const send = async (token: string | undefined): Promise<Page> => {
    tokens.push(token);
    return answers[tokens.length - 1] ?? { items: [] };
  };
  for await (const page of pages(send)) items.push(...page.items);
  return { items, tokens };
}

describe('pages', () => {
  it('are read to the end, past an empty one', async () => {
    const answers = [{ items: [1], NextToken: 'a' }, { items: [], NextToken: 'b' }, { items: [2] }];
    expect(await readAll(answers)).toEqual({ items: [1, 2], tokens: [undefined, 'a', 'b'] });
  });

  it('end at an empty token', async () => {
    expect((await readAll([{ items: [1], NextToken: '' }, { items: [2] }])).items).toEqual([1]);
  });

  it.each([[['a', 'a']], [['a', 'b', 'a']]])('that would never end are broken: %s', async (tokens) => {
    await expect(readAll(tokens.map((NextToken) => ({ items: [], NextToken })))).rejects.toThrow(BrokenAnswerError);
  });

  it('without their list are broken, never empty', () => {
    expect(listOf([], 'Images')).toEqual([]);
    expect(() => listOf(undefined, 'Images')).toThrow('the answer has no Images');
  });
});

describe('requests', () => {
  it('are counted as they are sent, and keep the order of what they were made for', async () => {
    let heard = 0;
    const requests = new Requests(() => {
      heard += 1;
    });
    const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const answers = await requests.sendAll([20, 1, 10], (item) => requests.send(() => wait(item).then(() => item)));
    expect(answers).toEqual([20, 1, 10]);
    expect([requests.calls, heard]).toEqual([3, 3]);
  });

  it('that were not begun are left out once one has failed', async () => {
    const requests = new Requests();
    const items = Array.from({ length: 500 }, (_, index) => index);
    const deny = () => requests.send(() => Promise.reject(new Error('denied')));
    await expect(requests.sendAll(items, deny)).rejects.toThrow('denied');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(requests.calls).toBeLessThanOrEqual(25);
  });
});
