import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { atPace } from '../../../server/http/body-pace.ts';
import { readJsonBytes } from '../../../server/http/request-body.ts';
import { RequestError } from '../../../server/http/request-error.ts';
import { createByteSource } from '../../../server/imports/split.ts';

const PACE = { waitMs: 100, leastBytes: 1_000 };

describe('the body of a client that is slow on purpose', () => {
  let server: Server;
  let received: number;
  /** How long the service takes for each part of a body. */
  let workMs: number;

  before(async () => {
    server = createServer(async (request, response) => {
      try {
        if (request.url === '/json') received = (await readJsonBytes(request, PACE)).length;
        else {
          const source = createByteSource(atPace(request, PACE));
          for (let bytes = await source.read(); bytes !== null; bytes = await source.read()) {
            received += bytes.length;
            await setTimeout(workMs);
          }
        }
        response.end('all of it');
      } catch (error) {
        response.statusCode = 408;
        response.setHeader('Connection', 'close');
        response.end(error instanceof RequestError ? error.code : String(error));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received = 0;
    workMs = 0;
  });

  async function open(path: string, sizeBytes: number): Promise<{ socket: Socket; answer: Promise<string> }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('error', () => {});
    const answer = once(socket, 'close').then(() => text);
    await once(socket, 'connect');
    const headers = ['Host: a', 'Connection: close', 'Content-Type: application/json', `Content-Length: ${sizeBytes}`];
    socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    return { socket, answer };
  }

  for (const path of ['/json', '/file'])
    it(`is refused when it stops, and when it drips, to ${path}`, async () => {
      const stopped = await open(path, 100_000);
      stopped.socket.write('a'.repeat(50));
      expect(await stopped.answer).to.include('BODY_TOO_SLOW');
      const dripping = await open(path, 100_000);
      const drip = setInterval(() => dripping.socket.write('a'), 10);
      expect(await dripping.answer).to.include('BODY_TOO_SLOW');
      clearInterval(drip);
    });

  it('may take as long as it likes while it keeps its pace', async () => {
    const { socket, answer } = await open('/file', 24_000);
    for (let i = 0; i < 12; i++) {
      socket.write('a'.repeat(2_000));
      await setTimeout(30);
    }
    expect(await answer).to.include('all of it');
    expect(received).to.equal(24_000);
  });

  it('is not taken for slow while the service is', async () => {
    workMs = 150;
    const { socket, answer } = await open('/file', 400_000);
    socket.write('a'.repeat(400_000));
    expect(await answer).to.include('all of it');
    expect(received).to.equal(400_000);
  });
});
