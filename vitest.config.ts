import { defineConfig } from 'vitest/config';

/** Everything is run but by `npm test`, which leaves out what is tagged long and takes samples of the long sweeps. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/builders/clean-up.ts'],
    pool: 'threads',
    // One more than the cores that people have at least: some stories wait in real time.
    maxWorkers: 3,
    // Loading the AWS SDK anew for each file would take a third of the time.
    isolate: false,
    testTimeout: 30_000,
    tags: [{ name: 'long', description: 'Takes long by its nature; `npm run test:all` runs it.' }],
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      POWERTOOLS_METRICS_DISABLED: 'true',
      // Loggers write to the console that tests watch or silence.
      POWERTOOLS_DEV: 'true',
      // Stories have a time of their own, which the SDK would take for a skewed clock, and try each refusal eight times.
      AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
      // What stands here no client looks for in files.
      AWS_AUTH_SCHEME_PREFERENCE: 'sigv4',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_REQUEST_CHECKSUM_CALCULATION: 'when_supported',
      AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_supported',
      AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: 'false',
      AWS_S3_USE_ARN_REGION: 'false',
      AWS_SDK_UA_APP_ID: '',
      AWS_USE_DUALSTACK_ENDPOINT: 'false',
      AWS_USE_FIPS_ENDPOINT: 'false',
      ...(mode === 'sample' && { SAMPLE: 'true', PROPERTY_RUNS: '0.2' }),
    },
  },
}));
