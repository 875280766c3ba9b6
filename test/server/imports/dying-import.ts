import { Readable } from 'node:stream';
import { armFailpoint } from '../../../server/failpoint.ts';
import { openStore } from '../../../server/store/store.ts';
import { type ImportSettings, receiveOn } from './import-world.ts';

/*
 * A process that takes a file and ends as by `kill -9` when the n-th piece of it is in the database:
 *   node dying-import.ts <settings as JSON> <file as text> <n>
 */
const [settingsText, text, times] = process.argv.slice(2) as [string, string, string];
const settings = JSON.parse(settingsText) as ImportSettings;
armFailpoint('import-piece-stored', Number(times));

const store = await openStore(settings.databaseUrl);
await receiveOn(store, settings, {
  body: Readable.from(slices(Buffer.from(text))),
  offset: 0,
});

/** As a network brings them: a piece ends where a part of the body does. */
function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 2_048) yield bytes.subarray(at, at + 2_048);
}
