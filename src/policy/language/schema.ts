import * as z from 'zod';
import type { Policy, TargetSettings } from '../../model/policy.ts';
import { addressIssues, notifySchema, ownersSchema } from './schema-notify.ts';
import {
  accountId,
  countFromZero,
  duration,
  glob,
  globs,
  imageId,
  issue,
  keepDuration,
  optional,
  percent,
  region,
  tagEntries,
  valueGlobs,
} from './schema-parts.ts';
import { referencesSchema } from './schema-references.ts';
import { ruleSchema } from './schema-rules.ts';

const unitId = z.string().regex(/^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/, {
  error: 'must be the id of an organizational unit or a root, such as ou-ab12-11111111 or r-ab12',
});

const targets = z
  .strictObject({
    accounts: optional('Accounts by id, in quotes.', z.array(accountId).min(1)),
    organizationalUnits: optional(
      'Organizational units or roots by id (ou-…, r-…): every active account below them, however deep.',
      z.array(unitId).min(1),
    ),
    except: optional('Accounts that are left out, whatever else names them.', z.array(accountId)),
    regions: optional(
      "Region names, or enabled: every one that is enabled in the account. Left out: the run's event names them, or it is the Region of the state machine.",
      z.union([
        z
          .string()
          .regex(/^enabled$/, { error: 'must be enabled, or a list such as [eu-west-1]' })
          .transform(() => 'enabled' as const),
        z.array(region).min(1),
      ]),
    ),
  })
  .superRefine(({ accounts, organizationalUnits }, context) => {
    if (accounts === undefined && organizationalUnits === undefined) {
      context.addIssue(issue('needs accounts or organizationalUnits'));
    }
  })
  .transform((targets): TargetSettings => ({ accounts: [], organizationalUnits: [], except: [], ...targets }));

const protect = z.strictObject({
  tags: optional(
    'Images and snapshots with any of these tags stay: globs on key and value, or a list of values.',
    z.record(glob.min(1), valueGlobs),
  ),
  images: optional('Images that stay, by id.', z.array(imageId)),
  names: optional('Images whose name matches a glob, or one of a list of globs, stay.', globs),
  accounts: optional('Everything in these accounts stays: ids in quotes.', z.array(accountId)),
  regions: optional('Everything in these Regions stays.', z.array(region)),
  inUse: optional(
    "true: EC2's deregistration protection is turned on for what something references, and this tool's own off again when nothing does. Left out: false.",
    z.boolean(),
  ),
});

/** The policy file as people write it. */
export const policySchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this language.'),
    targets: optional(
      'The accounts and Regions of an organization that one run goes through. Left out: this account alone.',
      targets,
    ),
    protect: optional('What stays whatever the rules say.', protect),
    references: optional('How uses of images are looked for.', referencesSchema),
    rules: z.array(ruleSchema).describe('The first rule that selects an image owns it; what none selects is kept.'),
    orphanSnapshots: optional(
      'Deletes snapshots whose image others removed. Left out: they are reported only.',
      z.strictObject({
        deleteAfter: duration.describe('How long after this tool first marked the snapshot, such as 30d.'),
      }),
    ),
    sharedWithAccount: optional(
      "Other accounts' images that are shared with an account and not used there. Left out: not looked at.",
      z.strictObject({
        cancelUnusedAfter: keepDuration.describe(
          'How long nothing in the account must have used the image before the account gives up the right to launch it.',
        ),
      }),
    ),
    undo: optional(
      'recycle-bin: what no Recycle Bin retention rule covers is not removed; none: it is removed all the same. Left out: recycle-bin.',
      z.enum(['recycle-bin', 'none']),
    ),
    limits: optional(
      'Limits of each pass of a run.',
      z.strictObject({
        perRun: optional('At most this many actions in each pass, oldest first. Left out: 50.', countFromZero),
        stopAbove: optional('A pass does nothing where more of all images than this are due. Left out: 25%.', percent),
      }),
    ),
    notify: optional('Who is told, before anything happens to their images.', notifySchema),
    owners: optional('How the owner of an image is found.', ownersSchema),
  })
  .superRefine((policy, context) => {
    for (const one of addressIssues(policy)) context.addIssue(one);
    const named = { rule: policy.rules, lookup: policy.references?.lookups ?? [] };
    const paths = { rule: ['rules'], lookup: ['references', 'lookups'] };
    for (const what of ['rule', 'lookup'] as const) {
      const names = named[what].map(({ name }) => name);
      names.forEach((name, index) => {
        if (names.indexOf(name) < index)
          context.addIssue(issue(`is the name of an earlier ${what}`, [...paths[what], index, 'name']));
      });
    }
  })
  .transform(({ protect = {}, references = {}, undo = 'recycle-bin', limits = {}, owners = {}, ...others }): Policy => {
    const { platformGroup = [] } = owners;
    return {
      ...others,
      protect: {
        images: [],
        names: [],
        accounts: [],
        regions: [],
        inUse: false,
        ...protect,
        tags: tagEntries(protect.tags ?? {}).flatMap(({ key, value }) => value.map((value) => ({ key, value }))),
      },
      references: {
        launchTemplateVersions: { kind: 'in-use' },
        sharedImages: 'keep',
        ssmParameters: [],
        documents: [],
        lookups: [],
        byName: {},
        off: [],
        ...references,
      },
      undo,
      limits: { perRun: limits.perRun ?? 50, stopAbovePercent: limits.stopAbove ?? 25 },
      owners: {
        tag: 'Owner',
        aliases: {},
        ...owners,
        platformGroup: typeof platformGroup === 'string' ? [platformGroup] : platformGroup,
      },
    };
  });

/** The JSON Schema of the policy file, for editors. */
export function policySchemaJson(): Record<string, unknown> {
  return { title: 'ami-janitor policy', ...z.toJSONSchema(policySchema, { io: 'input' }) };
}
