import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { schemaProblems } from './schema.ts';

const shape = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Condition: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

// The deployment has them only where it has buttons, so that the packaged template does not show them by default.
it('the address for buttons fits the schemas of its resources, and is there only where it was asked for', () => {
  const { Resources } = shape.parse(parse(readFileSync('deploy/notify.yml', 'utf8')));
  const open = Object.entries(Resources).filter(([, { Type }]) =>
    /^AWS::(Lambda::(Url|Permission)|ApiGatewayV2::\w+)$/.test(Type),
  );
  expect(open.map(([id, { Condition }]) => [id, Condition])).toEqual([
    // Lets in one topic of the stack's own, and so is no address.
    ['FailedRunPermission', undefined],
    ['KeepButtonUrl', 'KeepButtonsByUrl'],
    ['KeepButtonUrlPermission', 'KeepButtonsByUrl'],
    ['KeepButtonCallPermission', 'KeepButtonsByUrl'],
    ['KeepButtonApi', 'KeepButtonsByApi'],
    ['KeepButtonApiIntegration', 'KeepButtonsByApi'],
    ['KeepButtonApiRoute', 'KeepButtonsByApi'],
    ['KeepButtonApiStage', 'KeepButtonsByApi'],
    ['KeepButtonApiPermission', 'KeepButtonsByApi'],
  ]);
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:ami-janitor-prod-keep-button';
  for (const [id, { Type, Properties }] of open) {
    const resolved = Object.fromEntries(
      Object.entries(Properties).map(([key, value]) => [
        key,
        typeof value === 'object' && key !== 'DefaultRouteSettings' ? arn : value,
      ]),
    );
    expect(schemaProblems(Type, resolved), id).toEqual([]);
  }
});
