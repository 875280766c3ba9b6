import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { clearCookie, createCookie, readCookie, setCookie } from '../../../server/http/session-cookie.ts';

describe('the cookie of a session', () => {
  async function exchange(publicUrl: string, sent: string) {
    const cookie = createCookie('session', publicUrl);
    const app = express().get('/', (request, response) => {
      setCookie(response, cookie, 'secret');
      clearCookie(response, cookie);
      response.json(readCookie(request, cookie));
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: sent, connection: 'close' } });
    const read = await answer.json();
    await new Promise((resolve) => server.close(resolve));
    return { set: answer.headers.getSetCookie(), read };
  }

  it('is secure and of this host alone where the service has https, and never read by scripts', async () => {
    const { set, read } = await exchange('https://e-proof.example.hk/', '__Host-eproof-session=mine');
    expect(set).to.deep.equal([
      '__Host-eproof-session=secret; Path=/; HttpOnly; SameSite=Lax; Secure',
      '__Host-eproof-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
    ]);
    expect(read).to.equal('mine');
  });

  it('is not taken from a name that a neighbouring host can set, nor where there are two', async () => {
    const https = 'https://e-proof.example.hk/';
    expect((await exchange(https, 'eproof-session=theirs')).read).to.equal(null);
    expect((await exchange(https, '__Host-eproof-session=one; __Host-eproof-session=two')).read).to.equal(null);
  });

  it('does without on this machine alone, where there is no https', async () => {
    const { set } = await exchange('http://127.0.0.1:3000/', '');
    expect(set[0]).to.equal('eproof-session=secret; Path=/; HttpOnly; SameSite=Lax');
  });
});
