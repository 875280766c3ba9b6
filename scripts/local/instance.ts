import { join } from 'node:path';
import { keyPlacesOf } from '../../server/keys/key-places.ts';
import { createLog } from '../../server/log.ts';
import { type Service, type ServiceConfig, startService } from '../../server/main.ts';
import type { PlacePageFolders } from '../../server/publication/place-page.ts';
import { openKeys } from './keys.ts';
import { serveParent } from './parent.ts';

// One of the processes that are the service: nothing is lost when it dies, and its parent starts it again.

/** The folders of the built pages. */
export interface Pages {
  verifier: string;
  places: PlacePageFolders;
}

export interface InstanceStart {
  /** Stands in its log lines, from 1. */
  number: number;
  config: ServiceConfig;
  pages: Pages;
  /** False as long as the start command makes samples; the message `{ isPrepared: true }` comes when they are there. */
  isPrepared: boolean;
}

export type InstanceReady = Pick<Service, 'url' | 'publicUrl' | 'verifier'> & { pid: number };

serveParent<InstanceStart, InstanceReady>(async ({ number, config, pages, ...start }) => {
  let { isPrepared } = start;
  process.on('message', (message: { isPrepared?: boolean }) => {
    isPrepared ||= message.isPrepared ?? false;
  });
  const service = await startService({
    config,
    log: createLog(config.logLevel).child({ instance: number }),
    keystore: await openKeys(config.dataFolder, config.securityModule),
    signer: keyPlacesOf({ ...config, passwordFile: null }),
    verifierFolder: pages.verifier,
    placePages: pages.places,
    mailFolder: join(config.dataFolder, 'mail'),
    samplesFolder: join(config.dataFolder, 'demo'),
    isPrepared: () => isPrepared,
  });
  const { url, publicUrl, verifier } = service;
  return {
    ready: { url, publicUrl, verifier, pid: process.pid },
    ended: new Promise(() => {}),
    stop: service.close,
  };
});
