/** What the environment of tests and simulations holds. */
export const ENVIRONMENT = {
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
} as const;
