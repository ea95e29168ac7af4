import { join } from 'node:path';
import { installed, type Started, startServer } from '../python.ts';

/** An AWS endpoint that nobody here wrote. */
export interface Endpoint {
  readonly name: string;
  /** As the table names it. */
  readonly version: string;
  readonly packages: readonly string[];
  /** Starts it with nothing in it; nothing where it can't be had here, and why. */
  readonly start: () => Promise<Started | string>;
}

const CACHE = 'node_modules/.cache/foreign';

/** Each in a folder of its own: their dependencies contradict each other. */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint('moto', ['moto[server,ec2,ssm,s3]==5.2.5'], 'moto_server', {
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({ MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' }),
  }),
  endpoint('ministack', ['ministack==1.5.33'], 'ministack', {
    env: (port) => ({ GATEWAY_PORT: String(port), HOME: CACHE }),
  }),
  endpoint(
    'localstack',
    // Newer releases of what it needs break it: each is the last that does not.
    [
      'localstack-core[runtime]==2026.3.0',
      'cbor2==5.8.0',
      'cryptography==46.0.3',
      'pyopenssl==25.3.0',
      'service_identity==24.2.0',
    ],
    'python',
    {
      args: () => ['-m', 'localstack.runtime.main'],
      env: (port) => ({
        GATEWAY_LISTEN: `127.0.0.1:${String(port)}`,
        DISABLE_EVENTS: '1',
        SKIP_SSL_CERT_DOWNLOAD: '1',
        MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      }),
    },
    13,
  ),
];

function endpoint(
  name: string,
  packages: readonly [string, ...string[]],
  command: string,
  given: Parameters<typeof startServer>[1],
  minor?: number,
): Endpoint {
  const version = packages[0].replace(/\[.*\]/, '').replace('==', ' ');
  const start = async () => {
    const bin = installed(`foreign-${name}`, packages, minor);
    if (bin === undefined) return `needs Python 3.${String(minor ?? 8)} and PyPI`;
    return startServer(join(bin, command), given, join(CACHE, `${name}.log`));
  };
  return { name, version, packages, start };
}
