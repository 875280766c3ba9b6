// npm start: everything that e-Proof needs on one machine, then the service, then sample credentials. README.md tells what it prints.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { isForOperator, LocalError } from './local/local-error.ts';
import { PROJECT_FOLDER } from './run-step.ts';

/** Each has up to 20 connections to the database. */
const MOST_INSTANCES = 8;

const USAGE = `usage: npm start [-- --instances N]

Runs e-Proof on this machine: PostgreSQL, a development chain with a second node, the registry, every department of the catalogue, the
service and the verifier's page, and sample credentials of every standing. Ctrl-C stops all of it; started again it goes on where it was.

  --instances N     runs the service in N processes, 1 to ${MOST_INSTANCES} (1), on the one database, chain and data folder. They answer
                    at the one address; any of them may die, the others go on, and it is started again.

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
  const { help, instances } = readArguments();
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  compileContracts();
  const { startEverything } = await import('./local/everything.ts');
  await startEverything({ instances });
}

function readArguments(): { help: boolean; instances: number } {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        instances: { type: 'string', default: '1' },
      },
    });
    const instances = /^\d$/.test(values.instances) ? Number(values.instances) : 0;
    if (instances < 1 || instances > MOST_INSTANCES)
      throw new LocalError(`"--instances" must be a whole number from 1 to ${MOST_INSTANCES}`);
    return { help: values.help, instances };
  } catch (error) {
    // what parseArgs refuses
    throw error instanceof TypeError
      ? new LocalError(`${error.message}; npm start -- --help says what there is`)
      : error;
  }
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
  return isForOperator(error) ? error.message : (error.stack ?? error.message);
}
