import {
  CreateLaunchTemplate$,
  type CreateLaunchTemplateRequest,
  type CreateLaunchTemplateResult,
  DeleteLaunchTemplate$,
  type DeleteLaunchTemplateRequest,
  type DeleteLaunchTemplateResult,
  DescribeLaunchTemplates$,
  type DescribeLaunchTemplatesRequest,
  type DescribeLaunchTemplatesResult,
  type LaunchTemplate,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import type { AccountState, StoredTemplate } from '../state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { isListed } from './managed.ts';
import { mustFind, pageSize, selected, TEMPLATE_ID } from './parameters.ts';
import { newId, tagsFor } from './volumes.ts';

const FIELDS: FilterFields<LaunchTemplate> = {
  'create-time': (template) => [template.CreateTime?.toISOString()],
  'launch-template-name': (template) => [template.LaunchTemplateName],
};

/** The template of a name; EC2 refuses a name that nobody has. */
function templateNamed(state: AccountState, name: string): StoredTemplate {
  for (const stored of state.launchTemplates.values()) if (stored.template.LaunchTemplateName === name) return stored;
  throw new ServiceError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );
}

/** The template that an id or a name means; both together are refused. */
export function templateOf(state: AccountState, id: string | undefined, name: string | undefined): StoredTemplate {
  if (id !== undefined && name !== undefined) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'You can specify either the launch template ID or the launch template name, but not both.',
    );
  }
  return name === undefined ? mustFind(state.launchTemplates, id, TEMPLATE_ID) : templateNamed(state, name);
}

function describeLaunchTemplates(
  input: DescribeLaunchTemplatesRequest,
  { state, pages }: Context,
): DescribeLaunchTemplatesResult {
  const size = pageSize(input.MaxResults, { min: 1, max: 200, default: 200 });
  const names = input.LaunchTemplateNames ?? [];
  const stored =
    names.length > 0
      ? names.map((name) => templateNamed(state, name))
      : selected(state.launchTemplates, input.LaunchTemplateIds, TEMPLATE_ID);
  const listed = stored
    .map((entry) => entry.template)
    .filter((template) => isListed(template, input.IncludeManagedResources, state));
  const page = pages.take(filtered(listed, input.Filters, FIELDS), (template) => template.LaunchTemplateId, {
    token: input.NextToken,
    size,
  });
  return { LaunchTemplates: page.items, NextToken: page.nextToken };
}

function createTemplate(input: CreateLaunchTemplateRequest, { state, now }: Context): CreateLaunchTemplateResult {
  const { LaunchTemplateName = '', LaunchTemplateData = {} } = input;
  if ([...state.launchTemplates.values()].some(({ template }) => template.LaunchTemplateName === LaunchTemplateName))
    throw new ServiceError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      `Launch template name already in use: ${LaunchTemplateName}.`,
    );
  const LaunchTemplateId = newId('lt');
  const common = { LaunchTemplateId, LaunchTemplateName, CreateTime: now };
  const Tags = tagsFor('launch-template', input.TagSpecifications);
  const template = { ...common, DefaultVersionNumber: 1, LatestVersionNumber: 1, Tags };
  const { TagSpecifications: _, ...data } = LaunchTemplateData;
  const version: LaunchTemplateVersion = { ...common, VersionNumber: 1, LaunchTemplateData: { ...data } };
  state.launchTemplates.set(LaunchTemplateId, { template, versions: new Map([[1, version]]) });
  return { LaunchTemplate: template };
}

function deleteTemplate(input: DeleteLaunchTemplateRequest, { state }: Context): DeleteLaunchTemplateResult {
  const { template } = templateOf(state, input.LaunchTemplateId, input.LaunchTemplateName);
  state.launchTemplates.delete(template.LaunchTemplateId ?? '');
  return { LaunchTemplate: template };
}

export const launchTemplateChanges: readonly Operation[] = [
  write(CreateLaunchTemplate$, createTemplate),
  write(DeleteLaunchTemplate$, deleteTemplate),
];
export const launchTemplateReads: readonly Operation[] = [read(DescribeLaunchTemplates$, describeLaunchTemplates)];
