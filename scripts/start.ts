// npm start: everything that e-Proof needs on one machine, then the service, then sample credentials. README.md tells what it prints.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { LocalError } from './local/local-error.ts';
import { PROJECT_FOLDER } from './run-step.ts';

const USAGE = `usage: npm start

Runs e-Proof on this machine: PostgreSQL, a development chain with a second node, the registry, every department of the catalogue, the
service and the verifier's page, and sample credentials of every standing. Ctrl-C stops all of it; started again it goes on where it was.

environment (README.md lists all):
  PORT              the service's and the page's port (3000; 0 lets the system choose)
  EPROOF_DATA_DIR   where everything is kept (.eproof)
  DATABASE_URL      a PostgreSQL of yours instead of one in the data folder
  CHAIN_RPC_URLS    nodes of a chain of yours, with REGISTRY_ADDRESS, instead of one in the data folder
`;

/** Hardhat builds only what changed; its cache makes this a second when nothing did. */
function compileContracts(): void {
  const { status, error } = spawnSync('hardhat', ['build', '--quiet', '--no-tests'], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: 'true' },
  });
  if (error || status !== 0)
    throw new LocalError('the contracts could not be compiled; run "npx hardhat build" to see why');
}

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  compileContracts();
  const { startEverything } = await import('./local/everything.ts');
  await startEverything();
}

try {
  await run();
  // a step of the start that nothing could stop does not keep the process
  process.exit(0);
} catch (error) {
  process.stderr.write(`e-proof: ${describe(error)}\n`);
  process.exit(1);
}

/** One line for what a person can put right; all that is known for what they cannot. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined)
    return `the package "${missing}" is missing; run "npm ci" to install what package-lock.json names`;
  const isExpected = ['LocalError', 'ConfigError', 'AppError', 'ListenError'].includes(error.name);
  return isExpected ? error.message : (error.stack ?? error.message);
}
