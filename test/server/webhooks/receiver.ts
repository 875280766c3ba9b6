import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  body: string;
  request: IncomingMessage;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** The HTTP status of its next answers. */
  answer: number;
  close(): Promise<void>;
}

/** A department's receiver: a real one, which keeps what it gets and answers as it is told. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    request.on('end', () => {
      receiver.received.push({ body, request });
      if (receiver.answer === 302) response.setHeader('location', `${receiver.url}/elsewhere`);
      response.statusCode = receiver.answer;
      response.end('seen');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: 200,
    close: () => new Promise((done) => server.close(() => done())),
  };
  return receiver;
}
