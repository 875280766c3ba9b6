import { startChain } from '../../../scripts/local/chain.ts';
import { openDataFolder } from '../../../scripts/local/data-folder.ts';

// What `npm start` does with the chain, until it is killed.

const { path } = openDataFolder(process.argv[2]!);
const { url, follower } = await startChain({ dataFolder: path, log: (line) => console.error(line) });
console.log(JSON.stringify({ url, follower }));
