import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as z from 'zod';
import type { Sandbox } from '../../sandbox/server.ts';

const requestShape = z.object({
  Entries: z.array(
    z.object({ EventBusName: z.string(), Source: z.string(), DetailType: z.string(), Detail: z.string() }),
  ),
});
const openApi = z
  .object({ components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }) })
  .parse(JSON.parse(readFileSync('docs/events-schema.json', 'utf8')));
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

/** The requests that reached EventBridge, each with its entries. */
export function eventRequests(sandbox: Sandbox) {
  return sandbox.calls.entries
    .filter(({ operation }) => operation === 'PutEvents')
    .map(({ input }) => requestShape.parse(input).Entries);
}

/** What was put on the bus: details by their type, each as the published schema has it. */
export function eventsOf(sandbox: Sandbox) {
  return eventRequests(sandbox)
    .flat()
    .map(({ DetailType: type, Detail }) => {
      const detail: Record<string, unknown> = JSON.parse(Detail);
      const schema = openApi.components.schemas[type.replaceAll(' ', '')];
      if (schema === undefined) throw new Error(`docs/events-schema.json knows no event "${type}"`);
      const strict = ajv.compile({ ...schema, additionalProperties: false });
      if (!strict(detail)) throw new Error(`${type}: ${ajv.errorsText(strict.errors)}: ${Detail}`);
      return { type, detail };
    });
}
