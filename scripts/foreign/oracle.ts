import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../python.ts';
import { command, dueOf, unreadOf } from './commands.ts';
import { fillIn } from './fill-in.ts';
import { Gateway } from './gateway.ts';

/** What an oracle written apart makes of an account that it drew at random. */
interface Said {
  readonly policy: { readonly references: object };
  readonly images: number;
  readonly due: readonly string[];
}

/** How far both agree. */
export interface Agreement {
  readonly images: number;
  readonly due: number;
  /** Each image on which they do not, with the seed of its account. */
  readonly differences: readonly string[];
  /** Sources that moto can't be asked for. */
  readonly off: readonly string[];
}

/**
 * Has `oracle.py` draw accounts in moto and say which images are due, and holds this program's plans against it.
 * @param bin where moto is installed
 * @param images how many images in all, in accounts of a few hundred
 */
export async function agree(bin: string, images: number, seed: number): Promise<Agreement> {
  const port = await freePort();
  const child = spawn(join(bin, 'python'), [join(import.meta.dirname, 'oracle.py'), String(port)], {
    env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-oracle-'));
  const differences: string[] = [];
  let [seen, due] = [0, 0];
  const off = new Set<string>();
  try {
    for (let world = seed; seen < images; world += 1) {
      child.stdin.write(`${String(world)} ${String(Math.min(300, images - seen))}\n`);
      const { value, done } = await lines.next();
      if (done === true || value === undefined) throw new Error('the oracle ended');
      const said: Said = JSON.parse(value);
      const planned = await plan(`http://127.0.0.1:${String(port)}`, join(folder, 'policy.yml'), said, off);
      seen += said.images;
      due += said.due.length;
      const [theirs, ours] = [new Set(said.due), new Set(planned)];
      differences.push(
        ...[...theirs].filter((id) => !ours.has(id)).map((id) => `seed ${String(world)}: ${id} is due, and kept here`),
        ...[...ours].filter((id) => !theirs.has(id)).map((id) => `seed ${String(world)}: ${id} is due here alone`),
      );
    }
    return { images: seen, due, differences, off: [...off] };
  } finally {
    child.stdin.end();
    await Promise.race([ended, wait(5000)]);
    child.kill();
    await rm(folder, { recursive: true });
  }
}

/** What is due by a plan that leaves out what moto can't be asked for. */
async function plan(url: string, file: string, said: Said, off: Set<string>): Promise<string[]> {
  for (;;) {
    const references = { ...said.policy.references, off: [...off] };
    await writeFile(file, JSON.stringify({ ...said.policy, references }));
    const gateway = new Gateway(url, [fillIn(new Set())]);
    const { told, stderr } = await command(gateway, () => new Date(), 'plan', '--policy', file, '--format', 'json');
    if (told === undefined) throw new Error(stderr);
    const unread = unreadOf(told);
    const known = off.size;
    for (const name of unread.keys()) off.add(name);
    if (off.size === known) return dueOf(told);
  }
}
