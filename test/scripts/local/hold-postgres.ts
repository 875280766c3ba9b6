import { openDataFolder } from '../../../scripts/local/data-folder.ts';
import { startPostgres } from '../../../scripts/local/postgres.ts';

// What `npm start` does with the database, until it is killed.

const { path } = openDataFolder(process.argv[2]!);
const { url, pid, folder } = await startPostgres({ dataFolder: path, log: (line) => console.error(line) });
console.log(JSON.stringify({ url, pid, folder }));
