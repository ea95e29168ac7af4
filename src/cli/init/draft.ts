import { counted } from '../../text/format.ts';
import { visible } from '../../text/untrusted.ts';
import type { Findings, FoundTag, NameFamily } from './findings.ts';
import { NO_PARAMETERS, type ParameterProposal } from './parameters.ts';
import { MOST_VALUES, referencesSection } from './references-section.ts';
import { comment, glob, yaml } from './yaml-text.ts';

const SHORT_LIVED = /^(?:dev|development|test|testing|qa|sandbox|scratch|tmp|temp|playground|preview)$/i;

interface Kept {
  readonly newest: number;
  readonly youngerThan: string;
  readonly launchedWithin: string;
}

/** How much a draft keeps. */
export interface Generosity {
  readonly families: Kept;
  readonly shortLived: Kept;
  /** Whether its rules act; else they only report. */
  readonly acts: boolean;
}

const kept = (newest: number, within: string, launchedWithin = within): Kept => {
  return { newest, youngerThan: within, launchedWithin };
};
const USUAL: Generosity = { families: kept(3, '60d', '90d'), shortLived: kept(1, '30d'), acts: true };
const MOST: Generosity = { families: kept(20, '3y'), shortLived: kept(5, '1y'), acts: true };

/** From the usual to much: the first is best whose plan no limit stops. */
export const GENEROSITIES: readonly Generosity[] = [
  USUAL,
  { families: kept(5, '180d'), shortLived: kept(2, '60d'), acts: true },
  { families: kept(10, '1y'), shortLived: kept(3, '180d'), acts: true },
  MOST,
];

/** Keeps everything: its rules only report. */
export const REPORT_ONLY: Generosity = { ...MOST, acts: false };

/** A first policy for what an account holds, each part with its reason. Where it is not sure, a rule only reports. */
export function draftPolicy(
  findings: Findings,
  parameters: ParameterProposal = NO_PARAMETERS,
  generosity: Generosity = USUAL,
): string {
  const { owner } = findings;
  return [
    `# A first policy, from ${counted(findings.images, 'image')} of the account. Read it, change it, and look at what it would do:
#   ami-janitor plan
# Nothing happens before somebody says --enforce. Images that no rule selects, that anything references, or of which not
# everything could be read, always stay.
version: 1`,
    protection(findings.protect),
    referencesSection(findings, parameters),
    `# The first rule that selects an image owns it.${more(generosity)}
rules:${rules(findings, generosity)}`,
    `# Each pass takes at most 25 actions a run, and none at all where more than a quarter of all images is due:
# a mistake in a rule stays a small one.
limits: { perRun: 25, stopAbove: 25% }`,
    owner === undefined
      ? `# No tag tells whose an image is; with one, reports and messages name the owner.
# owners: { tag: Owner }`
      : `# ${carriedBy(owner)}.
owners: { tag: ${yaml(owner.key)} }`,
    '',
  ].join('\n\n');
}

function protection(tags: readonly FoundTag[]): string {
  const lines = tags.map((tag) => `\n    ${yaml(glob(tag.key))}: "*"   # ${carriedBy(tag)}`);
  return `# What must stay whatever the rules say; ami-janitor:keep=true on an image does the same.
${tags.length === 0 ? '# protect: { tags: { DoNotDelete: "*" } }' : `protect:\n  tags:${lines.join('')}`}`;
}

/** Why a draft keeps more than usual. */
function more(generosity: Generosity): string {
  if (generosity === USUAL) return '';
  const instead = generosity.acts
    ? 'more is kept here; keep less once the oldest are gone'
    : 'the rules only report; read the plan, and take the # away rule by rule';
  return `
# With what is usually kept (the newest three, and 60 days), more than a quarter of all images would be due at once, and
# limits.stopAbove would stop the run: ${instead}.`;
}

function keepLine({ newest, youngerThan, launchedWithin }: Kept): string {
  return `keep: { newest: ${newest}, youngerThan: ${youngerThan}, launchedWithin: ${launchedWithin} }`;
}

/** What a rule does, behind a # where it only reports. */
function steps({ acts }: Generosity, deregister: string): string {
  const off = acts ? '' : '# ';
  return `    ${off}deprecate: {}\n    ${off}deregister: ${deregister}`;
}

function rules({ expiry, family, environment, nameFamilies }: Findings, generosity: Generosity): string {
  const shortLived = environment?.values.filter(([value]) => SHORT_LIVED.test(value)) ?? [];
  const all = [
    expiry && expiryRule(expiry, generosity),
    ...shortLived.map(
      ([value, images]) => family && environment && shortLivedRule({ family, environment, value, images, generosity }),
    ),
    family && familyRule(family, generosity),
    ...nameFamilies.map((found) => nameRule(found, family)),
  ].filter((rule) => rule !== undefined);
  if (all.length > 0) return `\n${all.join('\n\n')}`;
  return ` []
# Neither tags nor names tell which images belong together, so every image stays. A rule might be:
#  - name: golden images
#    select: { name: "webapp-*" }
#    keep: { newest: 3, youngerThan: 60d }
#    deprecate: {}
#    deregister: { after: 30d }`;
}

function expiryRule(tag: FoundTag, generosity: Generosity): string {
  return `  # ${carriedBy(tag)}: past that date an image is due; until then it stays.
  - name: expiry date in a tag
    select: { tags: { ${yaml(glob(tag.key))}: "*" } }
    expire: { tag: ${yaml(tag.key)} }
${steps(generosity, '{ after: 7d }          # counted from the deprecation, which can be taken back')}`;
}

function shortLivedRule(found: {
  readonly family: FoundTag;
  readonly environment: FoundTag;
  readonly value: string;
  readonly images: number;
  readonly generosity: Generosity;
}): string {
  const { family, environment, value, images, generosity } = found;
  return `  # ${counted(images, 'image')} with ${comment(environment.key)}=${comment(value)}: the newest of each family stay, and what is young.
  - name: ${yaml(`short-lived images of ${visible(value)}`)}
    select: { tags: { ${yaml(glob(family.key))}: "*", ${yaml(glob(environment.key))}: ${yaml(glob(value))} } }
    groupBy: [${yaml(`tag:${family.key}`)}, architecture]
    ${keepLine(generosity.shortLived)}
${steps(generosity, '{ after: 14d }')}`;
}

function familyRule(family: FoundTag, generosity: Generosity): string {
  return `  # ${carriedBy(family)}. Of each family the newest stay for a rollback, and what is young or
  # was launched lately. Any one of the three keeps an image.
  - name: families
    select: { tags: { ${yaml(glob(family.key))}: "*" } }
    groupBy: [${yaml(`tag:${family.key}`)}, architecture]
    ${keepLine(generosity.families)}
${steps(generosity, '{ after: 30d }         # left out: images are deprecated and never removed')}`;
}

/** Names prove less than tags: such a rule only reports until somebody has read its plan. */
function nameRule({ prefix, images }: NameFamily, family: FoundTag | undefined): string {
  const untagged = family === undefined ? '' : `tags: { ${yaml(glob(family.key))}: { absent: true } }, `;
  return `  # ${counted(images, 'image')} with names like ${comment(prefix)}…. By name alone it is not certain that they belong together, so
  # this rule only reports. Look at the plan, then take the # away.
  - name: ${yaml(`named ${visible(prefix)}`)}
    select: { ${untagged}name: ${yaml(`${glob(prefix)}*`)} }
    groupBy: [architecture]
    keep: { newest: 3, youngerThan: 90d, launchedWithin: 180d }
    # deprecate: {}
    # deregister: { after: 60d }`;
}

function carriedBy({ key, images, values }: FoundTag): string {
  const named = values.slice(0, MOST_VALUES).map(([value]) => comment(value));
  const more = values.length - named.length;
  return `${counted(images, 'image')} ${images === 1 ? 'carries' : 'carry'} the tag ${comment(key)}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
