import { openDataFolder } from '../../../scripts/local/data-folder.ts';

// Holds the data folder that it is given until it is killed.

const folder = openDataFolder(process.argv[2]!);
console.log(JSON.stringify(folder.path));
setInterval(() => {}, 60_000);
