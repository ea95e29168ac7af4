// Who may import whom: an allow-list for each folder of src/. Data flows one way:
// inventory → references → policy → plan → execute → report → publish → notify.
const PURE = ['model', 'text'];
/** What the command line and the functions bring in their bundles. */
const LIBRARIES = [
  ...['@aws-lambda-powertools/\\w+', '@aws-sdk/client-[\\w-]+', '@middy/core', '@slack/web-api', '@slack/webhook'],
  ...['@aws-sdk/core', '@smithy/core', 'commander', 'csv-stringify', 'd3-array', 'd3-scale', 'd3-time'],
  'web-tree-sitter',
  ...[
    'fastest-levenshtein',
    'markdown-table',
    'ora',
    'p-limit',
    'picocolors',
    'string-width',
    'wrap-ansi',
    'yaml',
    'zod',
  ],
];
const ALLOWED = {
  model: [],
  text: [],
  validation: ['text'],
  aws: PURE,
  inventory: [...PURE, 'aws'],
  references: [...PURE, 'aws'],
  journal: [...PURE, 'aws'],
  policy: [...PURE, 'validation'],
  plan: [...PURE, 'policy'],
  report: PURE,
  recording: ['model', 'journal'],
  observe: ['model', 'aws', 'inventory', 'references', 'journal', 'policy', 'plan'],
  execute: [...PURE, 'aws', 'inventory', 'references', 'journal', 'plan', 'observe', 'report'],
  publish: [...PURE, 'aws', 'report'],
  notify: [...PURE, 'aws', 'journal', 'plan', 'observe', 'report'],
  organization: [
    ...PURE,
    ...['validation', 'aws', 'inventory', 'references', 'journal', 'policy', 'plan', 'observe', 'recording'],
    ...['execute', 'report', 'publish', 'notify'],
  ],
  handlers: [
    ...PURE,
    ...[
      'validation',
      'aws',
      'inventory',
      'journal',
      'policy',
      'observe',
      'execute',
      'report',
      'publish',
      'notify',
      'organization',
    ],
    'run.ts',
  ],
  cli: [
    ...PURE,
    ...['validation', 'aws', 'inventory', 'references', 'journal', 'policy', 'plan', 'observe'],
    ...['recording', 'execute', 'report', 'publish', 'notify', 'organization', 'run.ts'],
  ],
};
/** Folders within a room that know fewer of their neighbors than the room does of itself. */
const ALLOWED_WITHIN = {
  'policy/language': [],
  'policy/decision': [],
  'policy/lint': ['policy/decision'],
  'execute/passes': [],
  'execute/restore': ['execute/passes', 'execute/lock.ts'],
  'organization/targets': ['organization/[^/]+.ts'],
  'organization/read': ['organization/[^/]+.ts', 'organization/targets'],
  'organization/join': ['organization/[^/]+.ts', 'organization/targets', 'organization/read'],
  'organization/restore': ['organization/[^/]+.ts', 'organization/targets'],
  'organization/act': ['organization/[^/]+.ts', ...['targets', 'read', 'join'].map((step) => `organization/${step}`)],
};
const AWS_PACKAGES = '^node_modules/(@aws-sdk|@smithy|@aws-lambda-powertools|@middy)/';
const at = (path) => (path.endsWith('.ts') ? `^src/${path}` : `^src/${path}/`);

const rooms = Object.entries(ALLOWED).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: at(folder) },
  to: { path: '^src/', pathNot: [at(folder), ...allowed.map(at)] },
}));
const corners = Object.entries(ALLOWED_WITHIN).map(([folder, allowed]) => ({
  name: `${folder.replace('/', '-')}-imports`,
  severity: 'error',
  from: { path: at(folder) },
  to: { path: at(folder.split('/')[0]), pathNot: [at(folder), ...allowed.map(at)] },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...rooms,
    ...corners,
    {
      name: 'every-folder-has-an-allow-list',
      severity: 'error',
      comment: 'a new folder of src/ gets a line above',
      from: { path: '^src/', pathNot: ['^src/run[.]ts$', ...Object.keys(ALLOWED).map(at)] },
      to: {},
    },
    {
      name: 'run-joins-what-it-tells',
      severity: 'error',
      from: { path: '^src/run[.]ts$' },
      to: { path: '^src/', pathNot: ['model', 'observe', 'plan', 'execute', 'report'].map(at) },
    },
    { name: 'model-no-packages', severity: 'error', from: { path: '^src/model/' }, to: { pathNot: '^src/model/' } },
    {
      name: 'pure-folders-no-aws',
      severity: 'error',
      from: { path: '^src/(model|text|validation|policy|plan|report)/' },
      to: { path: [AWS_PACKAGES, '^(fs|http|https|net|child_process|os|process|dns)(/|$)'] },
    },
    {
      name: 'one-account-functions-stand-alone',
      severity: 'error',
      comment: 'a deployment for one account has nothing of the organization in its functions',
      from: { path: '^src/', pathNot: '^src/(organization|handlers/organization|cli)/' },
      to: { path: '^src/(organization|handlers/organization)/' },
    },
    {
      name: 'sandbox-is-a-witness',
      severity: 'error',
      comment: 'the embedded account must not share code with what it tests',
      from: { path: '^sandbox/' },
      to: { path: '^src/', pathNot: '^src/model/' },
    },
    {
      name: 'only-the-command-line-runs-the-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'only-what-may-be-bundled',
      severity: 'error',
      comment:
        'nothing is installed beside the bundles, so package.json calls tools and libraries alike devDependencies',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: `^node_modules/(${LIBRARIES.join('|')})/`,
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
