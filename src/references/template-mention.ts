import { BrokenAnswerError } from '../aws/pages.ts';
import type { Finding } from './finder.ts';

interface Specification {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
  readonly Version?: string | undefined;
}

/**
 * The launch template that a specification names. A missing version means `$Default`
 * (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html).
 *
 * @param past true where it only tells what something was once launched from
 */
export function* templateFindings(
  specification: Specification | undefined,
  namedBy: string,
  past = false,
): Generator<Finding> {
  if (specification === undefined) return;
  const { LaunchTemplateId, LaunchTemplateName, Version } = specification;
  if (!LaunchTemplateId && !LaunchTemplateName) {
    throw new BrokenAnswerError(
      `the answer does not say which launch template ${namedBy} names, which AWS always sends`,
    );
  }
  yield {
    finds: 'launch-template',
    mention: {
      ...(LaunchTemplateId === undefined ? {} : { templateId: LaunchTemplateId }),
      ...(LaunchTemplateName === undefined ? {} : { templateName: LaunchTemplateName }),
      version: Version || '$Default',
    },
    namedBy,
    past,
  };
}
