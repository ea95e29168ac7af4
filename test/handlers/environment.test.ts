import { describe, expect, it } from 'vitest';
import { parseEnvironment } from '../../src/handlers/environment.ts';

const DEPLOYED = { AWS_REGION: 'eu-west-1', REPORT_BUCKET: 'reports', POLICY: 's3://reports/policy/ami-janitor.yml' };

describe('the environment', () => {
  it('allows acting only where it says so', () => {
    expect(parseEnvironment({ ...DEPLOYED, OTHER: 'x' }).mayEnforce).toBe(false);
    expect(parseEnvironment({ ...DEPLOYED, JANITOR_ENFORCE: 'false' }).mayEnforce).toBe(false);
    expect(parseEnvironment({ ...DEPLOYED, JANITOR_ENFORCE: 'true' })).toEqual({
      region: 'eu-west-1',
      reportBucket: 'reports',
      policy: 's3://reports/policy/ami-janitor.yml',
      mayEnforce: true,
      regions: ['eu-west-1'],
    });
  });

  it('says which Regions the deployment serves; its own where it says nothing', () => {
    const regions = (JANITOR_REGIONS: string) => parseEnvironment({ ...DEPLOYED, JANITOR_REGIONS }).regions;
    expect(regions('["eu-west-1","us-east-1"]')).toEqual(['eu-west-1', 'us-east-1']);
    expect(regions('[ "us-gov-west-1" , "eu-west-1" ]')).toEqual(['us-gov-west-1', 'eu-west-1']);
    expect(regions('["eusc-de-east-1"]')).toEqual(['eusc-de-east-1']);
    for (const wrong of ['', '[]', '["eus-de-east-1"]', 'eu-west-1', '["eu"]', '["eu-west-1",]'])
      expect(() => regions(wrong), wrong).toThrow('"JANITOR_REGIONS" must be a list of Regions');
  });

  it('says where people open reports, if not in S3’s console', () => {
    const baseUrl = (REPORT_BASE_URL: string) => parseEnvironment({ ...DEPLOYED, REPORT_BASE_URL }).reportBaseUrl;
    expect(baseUrl('https://reports.example.com/ami/')).toBe('https://reports.example.com/ami');
    expect(baseUrl('')).toBeUndefined();
    for (const wrong of ['http://reports.example.com', 'https://a b', 'https://a|b', 'javascript:alert(1)'])
      expect(() => baseUrl(wrong), wrong).toThrow('"REPORT_BASE_URL" must be an address');
  });

  it.each([
    ['nothing', {}, '"AWS_REGION" must be set; "REPORT_BUCKET" must be set; "POLICY" must be set'],
    ['an empty bucket', { ...DEPLOYED, REPORT_BUCKET: '' }, '"REPORT_BUCKET" must be set'],
    ['a policy that is not in S3', { ...DEPLOYED, POLICY: 'policy.yml' }, '"POLICY" must be "s3://BUCKET/KEY"'],
    ['yes', { ...DEPLOYED, JANITOR_ENFORCE: 'yes' }, '"JANITOR_ENFORCE" must be "true" or "false"'],
    ['True', { ...DEPLOYED, JANITOR_ENFORCE: 'True' }, '"JANITOR_ENFORCE" must be "true" or "false" (nearest: "true")'],
  ])('with %s is refused', (_, variables, sentence) => {
    expect(() => parseEnvironment(variables)).toThrow(sentence);
  });
});
