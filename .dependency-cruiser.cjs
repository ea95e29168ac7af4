// Who may import whom. Data flows one way: inventory → references → policy → plan → passes → report → notify.
const only = (name, from, allowed, why) => ({
  name,
  severity: 'error',
  comment: why,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed.map((folder) => `^src/${folder}`)] },
});
const AWS_PACKAGES = '^node_modules/(@aws-sdk|@smithy|@aws-lambda-powertools|@middy)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('model-imports-nothing', 'model', [], 'the words of the project stand on their own'),
    { name: 'model-no-packages', severity: 'error', from: { path: '^src/model/' }, to: { pathNot: '^src/model/' } },
    only('policy-is-pure', 'policy', ['model/'], 'policy decides; it does not look'),
    only('plan-is-pure', 'plan', ['model/', 'policy/'], 'a plan is data'),
    only('report-is-pure', 'report', ['model/'], 'a report only tells'),
    {
      name: 'pure-folders-no-aws',
      severity: 'error',
      from: { path: '^src/(model|policy|plan|report)/' },
      to: { path: [AWS_PACKAGES, '^(fs|http|https|net|child_process|os|process|dns)(/|$)'] },
    },
    only('aws-stands-alone', 'aws', ['model/'], 'clients, pages, errors and nothing of the domain but its words'),
    only('inventory-reads', 'inventory', ['model/', 'aws/'], 'folders that talk to AWS never import each other'),
    only('journal-writes-down', 'journal', ['model/', 'aws/'], 'folders that talk to AWS never import each other'),
    only('references-read', 'references', ['model/', 'aws/'], 'folders that talk to AWS never import each other'),
    only('passes-act', 'passes', ['model/', 'aws/'], 'folders that talk to AWS never import each other'),
    {
      name: 'only-acting-executes',
      severity: 'error',
      comment: 'what executes a plan joins passes with the second look; nothing but acting needs it',
      from: { path: '^src/', pathNot: '^src/execute/|^src/[^/]+\\.ts$' },
      to: { path: '^src/execute/' },
    },
    only('notify-tells', 'notify', ['model/', 'aws/'], 'folders that talk to AWS never import each other'),
    {
      name: 'only-handlers-go-through-organizations',
      severity: 'error',
      comment: 'a deployment for one account has none of it in its functions',
      from: { path: '^src/', pathNot: '^src/(organization|handlers/organization)/' },
      to: { path: '^src/organization/' },
    },
    {
      name: 'one-account-functions-stand-alone',
      severity: 'error',
      comment: 'a deployment for one account has none of it in its functions',
      from: { path: '^src/', pathNot: '^src/handlers/organization/' },
      to: { path: '^src/handlers/organization/' },
    },
    only('sandbox-is-a-witness', 'sandbox', ['model/'], 'the embedded account must not share code with what it tests'),
    {
      name: 'only-edges-run',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(handlers|cli|organization|execute)/|^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'nobody-imports-the-edges',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(handlers|cli)/' },
      to: { path: '^src/(handlers|cli)/' },
    },
    {
      name: 'only-the-cli-runs-the-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|sandbox)/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sandbox/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
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
