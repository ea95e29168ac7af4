/** Lambda gives a function its role's credentials in the environment, and in no other way: bundled in place of the SDK's chain of profiles, single sign-on, processes and metadata endpoints. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
