/** Writes the recording and the plan of every example anew; what changes is for people to read before they commit it. */
import { mkdir, writeFile } from 'node:fs/promises';

import { compareExample, cookbookPolicies, EXAMPLES, planExample, recordExample } from './examples/examples.ts';

for (const [name, policy] of await cookbookPolicies()) {
  await mkdir(`examples/${name}`, { recursive: true });
  await writeFile(`examples/${name}/policy.yml`, policy);
}
for (const example of EXAMPLES) {
  const folder = `examples/${example.name}`;
  await recordExample(example, `${folder}/account.json`);
  await writeFile(`${folder}/plan.md`, await planExample(example, 'markdown'));
  if (example.against !== undefined) {
    await writeFile(`${folder}/against.md`, await compareExample(example, example.against));
  }
  console.log(folder);
}
