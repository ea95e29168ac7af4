import { setTimeout } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { recycleBinOperation, recycleBinRules } from '../../src/aws/small-services.ts';

const CreateRule = recycleBinOperation('CreateRule', 'POST', '/rules', { rule: [15, { httpPayload: 1 }] });
const DeleteRule = recycleBinOperation('DeleteRule', 'DELETE', '/rules/{Identifier}', {
  Identifier: [0, { httpLabel: 1 }],
});
const TYPES = ['EC2_IMAGE', 'EBS_SNAPSHOT'] as const;
const made = z.object({ Identifier: z.string(), Status: z.string() });
const listed = z.object({ Rules: z.array(z.object({ Identifier: z.string(), Description: z.string().optional() })) });

/** The retention rules of trials: of a day, the shortest that there is, for what this tool removes. */
export class RetentionRules {
  readonly #client: EC2Client;
  readonly #tag: string;

  /** @param tag the key of what they carry, beside the trial's name */
  constructor(client: EC2Client, tag: string) {
    this.#client = client;
    this.#tag = tag;
  }

  /** Makes one for images and one for snapshots, and waits until they work. @param onWait is told each minute */
  async make(trial: string, onWait: () => void): Promise<void> {
    for (const ResourceType of TYPES) {
      const rule = {
        ResourceType,
        RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
        Description: trial,
        ResourceTags: [{ ResourceTagKey: 'ami-janitor:recycle', ResourceTagValue: 'true' }],
        Tags: [{ Key: this.#tag, Value: trial }],
      };
      const { Identifier } = made.parse((await this.#client.send(new CreateRule({ rule }))).answer);
      while (made.parse(await recycleBinRules(this.#client).get(Identifier)).Status !== 'available') {
        onWait();
        await setTimeout(60_000);
      }
    }
  }

  /** Removes those of a trial, and no other. */
  async remove(trial: string): Promise<void> {
    for (const type of TYPES) {
      const { Rules } = listed.parse(await recycleBinRules(this.#client).list(type, undefined));
      for (const { Identifier, Description } of Rules)
        if (Description === trial) await this.#client.send(new DeleteRule({ Identifier }));
    }
  }
}
