import { SOURCE_OF } from '../../model/sources.ts';
import { visible } from '../../text/untrusted.ts';
import type { Findings } from './findings.ts';
import type { ParameterProposal } from './parameters.ts';
import { glob, yaml } from './yaml-text.ts';

/** So many values of a tag are named. */
export const MOST_VALUES = 6;

/** Where a first policy looks for uses of images, what might be added, and what it does not look at. */
export function referencesSection(findings: Findings, parameters: ParameterProposal): string {
  return `# Where uses of images are looked for, beside the places that need no setting (docs/policy.md).
references:
  launchTemplateVersions: in-use   # $Default, $Latest and every version that anything names
  sharedImages: keep               # images that other accounts may launch are theirs too
${parametersLine(parameters)}
${lookupLines(findings)}${offLines(findings)}
# Not looked at: ${parameters.unread};
# files and S3 objects (references.documents); code that finds images by name or tag, such as Terraform's; other accounts
# and Regions; and what costs a call each, and so has to be named (references.byName):
${BY_NAME}
# What only those use, protect by a tag.`;
}

function parametersLine({ globs }: ParameterProposal): string {
  if (globs.length === 0)
    return '  # ssmParameters: ["/golden/*"]   # text parameters that hold image ids, beside those of type aws:ec2:image';
  return `  # Text parameters whose names speak of images; what image ids they hold is in use.
  ssmParameters: [${globs.map(yaml).join(', ')}]`;
}

/** What could not be read keeps every image until it can be, or until people say that nothing there launches anything. */
function offLines({ mayBeOff }: Findings): string {
  if (mayBeOff.length === 0) return '';
  return `
  # These could not be read, so every image stays. Allow it (docs/iam.md); or, if this account surely doesn't use them, take
  # the # away: what only they know then counts as unreferenced.
  # off: [${mayBeOff.join(', ')}]`;
}

const BY_NAME = [...SOURCE_OF].flatMap(([name, { byName }]) => (byName ? [`#   ${name}: ${byName}`] : [])).join('\n');

/**
 * What code may look for by tag or name, as far as the images show it: behind a #, since only the code says whether it
 * does, and what a lookup finds stays.
 */
function lookupLines({ family, nameFamilies }: Findings): string {
  const tagged = family?.values.slice(0, MOST_VALUES).map(([value]) => {
    return { value, images: `tags: { ${yaml(family.key)}: ${yaml(glob(value))} }` };
  });
  const named = nameFamilies.slice(0, MOST_VALUES).map(({ prefix }) => {
    return { value: `${prefix}*`, images: `name: ${yaml(`${glob(prefix)}*`)}` };
  });
  const lookups = [...(tagged ?? []), ...named].map(
    ({ value, images }, index) => `
  #   - { name: ${yaml(`${index + 1}: newest ${visible(value)}`)}, images: { owner: self, ${images} }, take: newest }`,
  );
  return `  # What code finds by name or tag stays by a lookup. "ami-janitor lookups DIR" prints those of Terraform, Packer,
  # CloudFormation and Karpenter files${lookups.length === 0 ? '.' : `; of these images they might be:\n  # lookups:${lookups.join('')}`}`;
}
