import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that each test of the calling suite gets anew, and that is gone after it. */
export function useTemporaryFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-local-'));
    chmodSync(folder, 0o711); // as a data folder of root's: PostgreSQL's user passes through
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
