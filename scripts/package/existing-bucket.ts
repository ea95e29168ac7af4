import * as z from 'zod';

/** The report bucket's name, whoever made it. */
const NAME = { 'Fn::If': ['OwnReportBucket', { Ref: 'ReportBucket' }, { Ref: 'ExistingReportBucket' }] };
const PLACE = /\$\{ReportBucket(\.Arn)?\}/g;
const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.literal('ReportBucket'), z.literal('Arn')]) });
const reference = z.object({ Ref: z.literal('ReportBucket') });
const substitution = z.union([
  z.string().transform((text) => [text, {}] as const),
  z.tuple([z.string(), z.looseObject({})]),
]);

/**
 * Has the bucket that a deployment was given wherever the stack's own stands. CloudFormation can't ask a resource that was
 * not made for its ARN, and deploy/*.yml would say so a hundred times.
 */
export function withExistingBucket(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExistingBucket);
  if (typeof value !== 'object' || value === null) return value;
  // What is made only together with the stack's own bucket.
  if ('Condition' in value && value.Condition === 'OwnReportBucket') return value;
  if (reference.safeParse(value).success) return NAME;
  if (attribute.safeParse(value).success) return substituted(`\${ReportBucket.Arn}`, {});
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const [text, values] = (key === 'Fn::Sub' && substitution.safeParse(item).data) || ['', {}];
      return text.search(PLACE) >= 0 ? [key, substituted(text, values)['Fn::Sub']] : [key, withExistingBucket(item)];
    }),
  );
}

function substituted(text: string, values: Readonly<Record<string, unknown>>) {
  const named = text.replace(PLACE, (_, arn) => `${arn === undefined ? '' : `arn:\${AWS::Partition}:s3:::`}\${Bucket}`);
  return { 'Fn::Sub': [named, { ...values, Bucket: NAME }] };
}
