import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDataFolder } from '../../../scripts/local/data-folder.ts';
import { LocalError } from '../../../scripts/local/local-error.ts';
import { killStarters, runStarter } from './starter.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

describe('the data folder', () => {
  afterEach(killStarters);
  const temporary = useTemporaryFolder();

  it('is created with the folders above it, closed to other users', () => {
    const folder = openDataFolder(join(temporary(), 'a/b'));
    expect(folder.path).to.equal(join(temporary(), 'a/b'));
    expect(statSync(folder.path).mode & 0o066).to.equal(0);
    folder.release();
  });

  it('opens once in one process, and again after its release', () => {
    const folder = openDataFolder(temporary());
    expect(() => openDataFolder(temporary())).to.throw(LocalError, `is in use by process ${process.pid}`);
    folder.release();
    openDataFolder(temporary()).release();
  });

  it('is refused in one line that names the process that has it', async () => {
    const { pid } = await runStarter('hold-data-folder.ts', temporary());
    const line = `the data folder "${temporary()}" is in use by process ${pid}; stop it, or set EPROOF_DATA_DIR to another folder`;
    expect(() => openDataFolder(temporary())).to.throw(LocalError, line);
  });

  it('is free as soon as the process that had it is killed', async () => {
    const holder = await runStarter('hold-data-folder.ts', temporary());
    await holder.kill();
    expect(existsSync(join(temporary(), 'lock.pid'))).to.equal(true);
    openDataFolder(temporary()).release();
  });

  it('is free when a killed process left an id that another process has by now', () => {
    writeFileSync(join(temporary(), 'lock.pid'), `${process.pid}\n`);
    openDataFolder(temporary()).release();
  });

  it('lets two folders be open side by side', () => {
    const folders = ['a', 'b'].map((name) => openDataFolder(join(temporary(), name)));
    for (const folder of folders) folder.release();
  });

  it('is refused in one line where a file stands in its place', () => {
    writeFileSync(join(temporary(), 'file'), '');
    expect(() => openDataFolder(join(temporary(), 'file'))).to.throw(
      LocalError,
      /^the data folder ".*file" cannot be written \(ENOTDIR: .*\); set EPROOF_DATA_DIR/,
    );
  });

  it('is refused in one line where nothing can be written, even by root', function () {
    if (process.platform !== 'linux') this.skip();
    expect(() => openDataFolder('/proc/eproof')).to.throw(LocalError, /cannot be written/);
  });

  it('is refused in one line where its permissions forbid to write', function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(join(temporary(), 'closed'), { mode: 0o500 });
    expect(() => openDataFolder(join(temporary(), 'closed'))).to.throw(LocalError, /cannot be written \(EACCES/);
  });
});
