import type { Draft } from './draft.ts';
import { addImage } from './images.ts';

/** Text as people and programs leave it, and some that only an attacker would. */
export function addOddText(draft: Draft): void {
  addImage(draft, { ageDays: 300 }, { Name: 'untagged-experiment', Tags: [] });
  addImage(draft, { ageDays: 1200 }, { Name: 'packer 1663840000', Tags: [] });
  addImage(
    draft,
    { ageDays: 210, tags: { family: 'webapp', ENVIRONMENT: 'Dev', owner: 'Webapp-Team@Example.com' } },
    { Name: 'webapp-odd-casing' },
  );
  addImage(
    draft,
    { ageDays: 250, tags: { Name: 'Größe-日本語-🚀', Family: 'webapp', Environment: 'dev', Owner: 'Zoë Müller' } },
    { Name: 'webapp-unicode-tags' },
  );
  addImage(
    draft,
    {
      ageDays: 260,
      tags: {
        Name: '<script>alert(1)</script>',
        Family: 'webapp',
        Environment: 'dev',
        Owner: "=cmd|'/C calc'!A0",
        Note: '<!channel> | *bold* `x`\n# heading',
      },
    },
    { Name: 'webapp-hostile-tags', Description: '"><img src=x onerror=alert(1)>' },
  );
  const noDate = addImage(
    draft,
    { ageDays: 1000, tags: { Family: 'legacy', Environment: 'prod', Owner: 'platform' } },
    { Name: 'legacy-without-date', ImageId: 'ami-1a2b3c4d' },
  );
  delete noDate.CreationDate;
}

/** Images on which people, or this tool, have written when they may go. */
export function addDated(draft: Draft): void {
  const scratch = { Family: 'scratch', Environment: 'dev', Owner: '#data-eng' };
  addImage(
    draft,
    { ageDays: 90, tags: { ...scratch, ExpiresOn: draft.isoDaysAgo(20).slice(0, 10) } },
    { Name: 'scratch-expired' },
  );
  addImage(
    draft,
    { ageDays: 90, tags: { ...scratch, ExpiresOn: draft.isoDaysAgo(-40).slice(0, 10) } },
    { Name: 'scratch-not-yet' },
  );
  addImage(draft, { ageDays: 90, tags: { ...scratch, ExpiresOn: 'after the release' } }, { Name: 'scratch-no-date' });
  addImage(
    draft,
    { ageDays: 900, tags: { Family: 'jenkins', Environment: 'prod', Owner: 'platform', 'ami-janitor:keep': 'true' } },
    { Name: 'jenkins-keep' },
  );
  addImage(
    draft,
    {
      ageDays: 880,
      tags: {
        Family: 'jenkins',
        Environment: 'prod',
        Owner: 'platform',
        'ami-janitor:keep': draft.isoDaysAgo(-30).slice(0, 10),
      },
    },
    { Name: 'jenkins-keep-until' },
  );
  addImage(
    draft,
    {
      ageDays: 700,
      tags: {
        Family: 'bastion',
        Environment: 'prod',
        Owner: 'platform',
        'Compliance:SOX': 'evidence 2024',
        Keep: 'true',
      },
    },
    {
      Name: 'bastion-evidence',
    },
  );
  addImage(
    draft,
    { ageDays: 350, tags: { Family: 'api', Environment: 'prod', Owner: 'webapp-team@example.com' } },
    {
      Name: 'api-prod-copied',
      SourceImageId: draft.id('ami'),
      SourceImageRegion: 'us-east-1',
      Description: 'copied for disaster recovery',
    },
  );
}
