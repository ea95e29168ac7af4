/** The environment with which a worker starts, before any file changed it. */
const START = { ...process.env };

/** Takes away what earlier files of a worker left in the environment: a test that is given up late leaves what it set. */
export function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in START)) delete process.env[name];
  Object.assign(process.env, START);
}
