import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const parameterShape = z.object({
  Default: z.unknown().optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
});
const source = z.object({ Parameters: z.record(z.string(), parameterShape) });
const parametersOf = (file: string) => source.parse(parse(readFileSync(file, 'utf8'))).Parameters;
/** What the packaged template takes. */
const PARAMETERS = { ...parametersOf('deploy/parameters.yml'), ...parametersOf('deploy/standalone.yml') };
const OUTPUTS = Object.keys(
  z.object({ Outputs: z.record(z.string(), z.unknown()) }).parse(parse(readFileSync('deploy/bucket.yml', 'utf8')))
    .Outputs,
);

describe.each([
  ['Terraform', 'ami-janitor.tf', /^\s*parameters = \{\n([^}]*)\}/m, /^\s*(\w+)\s*= (.+)$/gm],
  ['the CDK', 'ami-janitor-stack.ts', /^\s*parameters: \{\n([^}]*)\}/m, /^\s*(\w+): (.+),$/gm],
])('the template from %s', (_, file, block, line) => {
  const text = readFileSync(`deploy/examples/${file}`, 'utf8');
  const given = [...(block.exec(text)?.[1] ?? '').matchAll(line)].map(([, name = '', value = '']) => ({ name, value }));

  it('is given parameters that it has, and values that they take', () => {
    expect(given.length).toBeGreaterThan(2);
    for (const { name, value } of given) {
      const { AllowedPattern = '', AllowedValues } = PARAMETERS[name] ?? {};
      expect(Object.keys(PARAMETERS)).toContain(name);
      const [, said] = /^["'](.*)["']$/.exec(value) ?? [];
      if (said === undefined) continue;
      expect(said, name).toMatch(new RegExp(AllowedPattern));
      if (AllowedValues !== undefined) expect(AllowedValues, name).toContain(said);
    }
  });

  it('is given all that has no default', () => {
    const needed = Object.entries(PARAMETERS).flatMap(([name, { Default }]) => (Default === undefined ? [name] : []));
    expect(needed).toEqual(['CodeBucket']);
    expect(given.map(({ name }) => name)).toEqual(expect.arrayContaining(needed));
  });

  it('is the packaged one, with the files where it looks for them, and no resource of its own', () => {
    expect(text).toContain('dist/package');
    expect(text).toContain('ami-janitor.json');
    expect(PARAMETERS.CodePrefix?.Default).toBe('ami-janitor/');
    expect(text).toMatch(/ami-janitor\/(?:\$\{each\.key\}"|',)/);
    expect(text).not.toMatch(/lambda|aws_iam|scheduler/i);
    const outputs = [...text.matchAll(/outputs\["(\w+)"\]/g)].map(([, name]) => name);
    expect(outputs.filter((name) => !OUTPUTS.includes(name ?? ''))).toEqual([]);
  });
});
