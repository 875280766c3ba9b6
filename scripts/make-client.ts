// Writes client/api.ts out of the description of the API; --check only compares, and fails where the file would change.
import { readFile, writeFile } from 'node:fs/promises';
import { CLIENT_FILE, createClientFile } from './api-types/client-file.ts';

const text = createClientFile();
const isSame = (await readFile(CLIENT_FILE, 'utf8').catch(() => '')) === text;
if (!isSame && process.argv.includes('--check')) {
  process.stderr.write(
    'client/api.ts is not what the routes say; if that is meant, run: node scripts/make-client.ts\n',
  );
  process.exitCode = 1;
} else if (!isSame) {
  await writeFile(CLIENT_FILE, text);
  process.stdout.write('client/api.ts written\n');
}
