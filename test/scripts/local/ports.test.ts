import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { LocalError } from '../../../scripts/local/local-error.ts';
import { freePort, rememberedPort, rememberPort } from '../../../scripts/local/ports.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

describe('ports', () => {
  const temporary = useTemporaryFolder();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function takePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((done) => server.once('listening', done));
    return (server.address() as AddressInfo).port;
  }

  it('are chosen by the system at first and remembered one by one', () => {
    expect(rememberedPort(temporary(), 'chain')).to.equal(0);
    expect(rememberPort(temporary(), 'chain', 4001)).to.equal(undefined);
    expect(rememberPort(temporary(), 'postgres', 4002)).to.equal(undefined);
    expect([rememberedPort(temporary(), 'chain'), rememberedPort(temporary(), 'postgres')]).to.deep.equal([4001, 4002]);
  });

  it('say in a line when one had to change', () => {
    rememberPort(temporary(), 'chain', 4001);
    expect(rememberPort(temporary(), 'chain', 4003)).to.equal(
      'port 4001 of "chain" is taken by another program; it is 4003 from now on',
    );
    expect(rememberedPort(temporary(), 'chain')).to.equal(4003);
  });

  it('leave what else the configuration holds alone', () => {
    writeFileSync(join(temporary(), 'config.json'), '{"other":{"a":1},"ports":{"service":3000}}');
    rememberPort(temporary(), 'chain', 4001);
    expect(JSON.parse(readFileSync(join(temporary(), 'config.json'), 'utf8'))).to.deep.equal({
      other: { a: 1 },
      ports: { service: 3000, chain: 4001 },
    });
  });

  it('name the file that is not JSON', () => {
    writeFileSync(join(temporary(), 'config.json'), '{');
    expect(() => rememberedPort(temporary(), 'chain')).to.throw(LocalError, /config\.json" is not JSON/);
  });

  it('keep the preferred one where it is free', async () => {
    const port = await freePort(0);
    expect(await freePort(port)).to.equal(port);
  });

  it('give another where the preferred one is taken', async () => {
    const taken = await takePort();
    expect(await freePort(taken)).to.not.be.oneOf([0, taken]);
  });
});
