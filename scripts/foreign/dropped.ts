import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, dueOf, policyText, unreadOf } from './commands.ts';
import { type Element, elementsOf } from './elements.ts';
import { fillIn } from './fill-in.ts';
import { type Answered, type Between, Gateway } from './gateway.ts';
import { LEFT_OUT_BY_AWS } from './left-out.ts';

const AHEAD = 100 * 86_400_000;

/** What came of an endpoint's answers that lack something. */
export interface Dropped {
  readonly tried: number;
  /** Answers that AWS gives itself, so that nobody can tell: how many of each listed kind made something due. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** What made an image due, and should not have. */
  readonly wrong: readonly string[];
}

/**
 * Plans over an endpoint's own answers again and again, each time with one element less, or with nothing in it.
 * @param most so many elements at the most, evenly taken from all
 */
export async function dropEach(url: string, most: number): Promise<Dropped> {
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-dropped-'));
  const answers = new Map<string, Answered>();
  let changed: { readonly key: string; readonly element: Element } | undefined;
  const between: Between = async (asked, ask) => {
    const key = [asked.operation, asked.path, String(asked.body)].join(' ');
    const answered = answers.get(key) ?? (await ask(asked));
    answers.set(key, answered);
    if (changed?.key !== key) return answered;
    return { ...answered, body: Uint8Array.from(Buffer.from(changed.element.without)) };
  };
  const gateway = new Gateway(url, [fillIn(new Set()), between]);
  const policy = join(folder, 'policy.yml');
  const now = new Date(Date.now() + AHEAD);
  const plan = async () => {
    const { told } = await command(gateway, () => now, 'plan', '--policy', policy, '--format', 'json');
    return { due: dueOf(told), unread: [...unreadOf(told).keys()] };
  };
  try {
    await writeFile(policy, policyText([]));
    await writeFile(policy, policyText((await plan()).unread));
    const before = new Set((await plan()).due);
    const all = [...answers].flatMap(([key, { status, body }]) =>
      status === 200 ? [...elementsOf(Buffer.from(body).toString('utf8'))].map((element) => ({ key, element })) : [],
    );
    const step = Math.max(1, Math.ceil(all.length / most));
    const leftOut = new Map<string, number>();
    const wrong: string[] = [];
    const tried = all.filter((_, index) => index % step === 0);
    for (changed of tried) {
      const more = (await plan()).due.filter((imageId) => !before.has(imageId));
      if (more.length === 0) continue;
      const what = `${changed.key.split(' ', 1)[0] ?? ''} ${changed.element.path}`;
      const listed = LEFT_OUT_BY_AWS.find(({ answers: pattern }) =>
        pattern.test(`${what} ${changed?.element.way ?? ''}`),
      );
      if (listed === undefined) wrong.push(`${what} ${changed.element.way}`);
      else leftOut.set(listed.why, (leftOut.get(listed.why) ?? 0) + 1);
    }
    return { tried: tried.length, leftOut, wrong: [...new Set(wrong)] };
  } finally {
    await rm(folder, { recursive: true });
  }
}
