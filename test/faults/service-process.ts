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

/** How far this process's clock is ahead from now on. */
export interface ClockJump {
  clockAheadMs: number;
}

export type ToService = Death | ClockJump;
export type FromService = { url: string } | { obeyed: true };

const MANY = '1000000';

if (process.argv[1] === import.meta.filename) {
  const start = JSON.parse(process.argv[2] as string) as ServiceStart;
  const tell = (message: FromService) => process.send?.(message);
  const arm = ({ failpoint, times }: Death) => armFailpoint(failpoint, times);
  const setClock = ownClock();
  process.on('disconnect', () => process.exit());
  process.on('message', (message: ToService) => {
    if ('failpoint' in message) arm(message);
    else setClock(message.clockAheadMs);
    tell({ obeyed: true });
  });
  if (start.dieAt) arm(start.dieAt);
  setClock(start.clockAheadMs ?? 0);
  const { url } = await startWith(start);
  tell({ url });
}

/** Puts a clock that can be set in the place of the machine's, for `Date.now()` and `new Date()`. */
function ownClock(): (aheadMs: number) => void {
  const machineNow = Date.now.bind(Date);
  let aheadMs = 0;
  Date.now = () => machineNow() + aheadMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, asked) => Reflect.construct(target, given.length > 0 ? given : [Date.now()], asked),
  });
  return (next) => {
    aheadMs = next;
  };
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
