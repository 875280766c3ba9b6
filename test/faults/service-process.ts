import { readConfig } from '../../server/config.ts';
import { armFailpoint, type Failpoint } from '../../server/failpoint.ts';
import { createLog } from '../../server/log.ts';
import { startService } from '../../server/main.ts';
import { toKeystore, type WorldSettings } from '../server/instance.ts';

/*
 * The whole service in a process of its own, which ends as by `kill -9` where it is told to:
 *   node service-process.ts <ServiceStart as JSON>, with an IPC channel to whoever started it
 */
export interface ServiceStart {
  settings: WorldSettings;
  folder: string;
  /** Other than what "dieAt" messages say: from the first line on. */
  dieAt?: Death;
  confirmations?: number;
  /** How far this process's clock is ahead of the others'. */
  clockAheadMs?: number;
}

export interface Death {
  failpoint: Failpoint;
  /** Which passing of it ends the process. */
  times: number;
}

export type FromService = { url: string } | { armed: true };

const MANY = '1000000';

if (process.argv[1] === import.meta.filename) {
  const start = JSON.parse(process.argv[2] as string) as ServiceStart;
  const tell = (message: FromService) => process.send?.(message);
  const arm = ({ failpoint, times }: Death) => armFailpoint(failpoint, times);
  process.on('disconnect', () => process.exit());
  process.on('message', (death: Death) => {
    arm(death);
    tell({ armed: true });
  });
  if (start.dieAt) arm(start.dieAt);
  moveClock(start.clockAheadMs ?? 0);
  const { url } = await startWith(start);
  tell({ url });
}

function moveClock(aheadMs: number): void {
  if (aheadMs === 0) return;
  const now = Date.now.bind(Date);
  Date.now = () => now() + aheadMs;
}

async function startWith({ settings, folder, confirmations = 0 }: ServiceStart) {
  const { config } = readConfig({
    PORT: '0',
    EPROOF_DATA_DIR: folder,
    EPROOF_SEAL_WAIT_MS: '50',
    EPROOF_CONFIRMATIONS: String(confirmations),
    EPROOF_WEBHOOK_ADDRESSES: 'any',
    EPROOF_LIMIT_CALLER: MANY,
    SMTP_URL: `smtp://127.0.0.1:${settings.smtpPort}`,
    MAIL_FROM: 'no-reply@eproof.example.hk',
  });
  const { databaseUrl, rpcUrl, trusted } = settings;
  return startService({
    config: {
      ...config,
      maxBlockAgeSeconds: 100_000,
      databaseUrl,
      chain: { rpcUrls: [rpcUrl], registry: trusted.address },
    },
    log: createLog('warn'),
    keystore: toKeystore(settings),
    signer: null,
    verifierFolder: null,
    pollMs: 20,
  });
}
