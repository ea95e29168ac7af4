import { expect, it } from 'vitest';
import { reportAddress } from '../../src/publish/report-address.ts';

const BUCKET = { reportBucket: 'reports-1', region: 'eu-west-1' };
const CONSOLE = 'https://eu-west-1.console.aws.amazon.com/s3';

it.each([
  [
    'one Region, which need not be the bucket’s',
    BUCKET,
    ['us-east-1'],
    `${CONSOLE}/object/reports-1?region=eu-west-1&prefix=latest/123456789012/us-east-1/report.html`,
  ],
  [
    'several Regions',
    BUCKET,
    ['eu-west-1', 'us-east-1'],
    `${CONSOLE}/buckets/reports-1?region=eu-west-1&prefix=latest/123456789012/`,
  ],
  [
    'a place of one’s own',
    { ...BUCKET, reportBaseUrl: 'https://ami.example.com/x' },
    ['eu-west-1'],
    'https://ami.example.com/x/latest/123456789012/eu-west-1/report.html',
  ],
  [
    'several Regions in a place of one’s own',
    { ...BUCKET, reportBaseUrl: 'https://ami.example.com' },
    ['eu-west-1', 'us-east-1'],
    'https://ami.example.com/reports/index.html',
  ],
])('leads to the newest report of %s', (_, place, regions, address) => {
  expect(reportAddress({ accountId: '123456789012', regions }, place)).toBe(address);
});

it.each([
  ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
  ['eusc-de-east-1', 'eusc-de-east-1.console.amazonaws-eusc.eu'],
  ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
])('leads to the console of %s', (region, host) => {
  const address = reportAddress({ accountId: '123456789012', regions: [region] }, { ...BUCKET, region });
  expect(new URL(address).host).toBe(host);
});
