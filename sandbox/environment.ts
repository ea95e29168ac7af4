/** The variables that point AWS's clients at an endpoint of this kind. */
export function sandboxEnvironment(url: string, region: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOXEXAMPLE00',
    AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
