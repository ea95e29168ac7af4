import type { Answered, Asked, Between } from './gateway.ts';

/**
 * Answers what an endpoint does not know, so that a journey goes on past it: it remembers deprecations, and says of all
 * else that there is none. What it answered is told beside the result: of that the endpoint proves nothing.
 */
export function fillIn(told: Set<string>): Between {
  const deprecated = new Map<string, string>();
  return async (asked, ask) => {
    const { operation } = asked;
    const answered = await ask(withoutDataType(asked));
    if (operation === 'ec2:DescribeImages' && answered.status === 200) return withDates(answered, deprecated, told);
    if (operation === 'ssm:DescribeParameters' && asksForType(asked)) return withType(answered, told);
    const fill = answered.status < 400 ? undefined : FILLS[operation];
    if (fill === undefined) return answered;
    told.add(operation);
    return text(fill(new URLSearchParams(textOf(asked)), deprecated));
  };
}

type Fill = (input: URLSearchParams, deprecated: Map<string, string>) => string;
const empty = (operation: string, set: string): Fill => {
  return () => `<${operation}Response><requestId>1</requestId><${set}/></${operation}Response>`;
};
const done = (operation: string): string =>
  `<${operation}Response><requestId>1</requestId><return>true</return></${operation}Response>`;

const FILLS: Readonly<Record<string, Fill>> = {
  'ec2:EnableImageDeprecation': (input, deprecated) => {
    deprecated.set(input.get('ImageId') ?? '', input.get('DeprecateAt') ?? '');
    return done('EnableImageDeprecation');
  },
  'ec2:DisableImageDeprecation': (input, deprecated) => {
    deprecated.delete(input.get('ImageId') ?? '');
    return done('DisableImageDeprecation');
  },
  'ec2:DescribeImageReferences': empty('DescribeImageReferences', 'imageReferenceSet'),
  'ec2:ListImagesInRecycleBin': empty('ListImagesInRecycleBin', 'imageSet'),
  'ec2:ListSnapshotsInRecycleBin': empty('ListSnapshotsInRecycleBin', 'snapshotSet'),
  'ec2:DescribeLockedSnapshots': empty('DescribeLockedSnapshots', 'snapshotSet'),
  'ec2:DescribeFastSnapshotRestores': empty('DescribeFastSnapshotRestores', 'fastSnapshotRestoreSet'),
};

const text = (body: string, answered?: Answered): Answered => ({
  status: 200,
  headers: { 'content-type': answered?.headers['content-type'] ?? 'text/xml' },
  body: Uint8Array.from(Buffer.from(body)),
});

/** Adds what was deprecated here, and a creation date where the endpoint tells none. */
function withDates(answered: Answered, deprecated: ReadonlyMap<string, string>, told: Set<string>): Answered {
  const body = Buffer.from(answered.body).toString('utf8');
  const hasDates = body.includes('<creationDate>') || !body.includes('<imageId>');
  if (!hasDates) told.add('CreationDate of images');
  const dated = body.replaceAll(/<imageId>(ami-\w+)<\/imageId>/g, (all, imageId: string) => {
    const deprecateAt = deprecated.get(imageId);
    const date = deprecateAt === undefined ? '' : `<deprecationTime>${deprecateAt}</deprecationTime>`;
    return `${all}${date}${hasDates ? '' : `<creationDate>${new Date().toISOString()}</creationDate>`}`;
  });
  return text(dated, answered);
}

const textOf = ({ body }: Asked) => (typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
const asksForType = (asked: Asked) => textOf(asked).includes('"DataType"');

function withoutDataType(asked: Asked): Asked {
  if (asked.operation !== 'ssm:DescribeParameters' || !asksForType(asked)) return asked;
  const { ParameterFilters: _filters, ...rest }: Record<string, unknown> = JSON.parse(textOf(asked));
  return { ...asked, body: JSON.stringify(rest) };
}

/** What the filter that moto does not know would have left. */
function withType(answered: Answered, told: Set<string>): Answered {
  if (answered.status !== 200) return answered;
  told.add('the filter DataType of ssm:DescribeParameters');
  const page: { Parameters: { DataType?: string }[] } = JSON.parse(Buffer.from(answered.body).toString('utf8'));
  const Parameters = page.Parameters.filter(({ DataType }) => DataType !== 'text');
  return text(JSON.stringify({ ...page, Parameters }), answered);
}
