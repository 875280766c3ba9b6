import { openStore } from '../../server/store/store.ts';
import { startJobsOn, type WorldSettings } from './instance.ts';

/*
 * An instance of the service's jobs that ends as by `kill -9` when it passes the named place for the n-th time:
 *   node dying-instance.ts <settings as JSON> <place> <n>
 */
const [settingsText, place, times] = process.argv.slice(2) as [string, string, string];
const settings = JSON.parse(settingsText) as WorldSettings;
let left = Number(times);

const { db } = await openStore(settings.databaseUrl);
await startJobsOn(settings, db, {
  onFault: (what, error) => console.error(what, error),
  checkpoint(name) {
    if (name === place && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
