import { createServer } from 'node:net';
import { join } from 'node:path';
import { readIfPresent, writeDurably } from './durable-file.ts';
import { hasCode, LocalError } from './local-error.ts';

export type PortName = 'postgres' | 'chain' | 'follower' | 'identity' | 'service';

interface Config {
  ports?: Record<string, number>;
}

/** The port that `name` had at the last start, or 0, which lets the system choose. */
export function rememberedPort(dataFolder: string, name: PortName): number {
  return readConfig(dataFolder).ports?.[name] ?? 0;
}

/** Keeps the port for the next start: trust data and bookmarks name it. Returns a line to say where it had to change. */
export function rememberPort(dataFolder: string, name: PortName, port: number): string | undefined {
  const config = readConfig(dataFolder);
  const before = config.ports?.[name];
  if (before === port) return undefined;
  writeDurably(
    configPath(dataFolder),
    `${JSON.stringify({ ...config, ports: { ...config.ports, [name]: port } }, null, 2)}\n`,
  );
  return before === undefined
    ? undefined
    : `port ${before} of "${name}" is taken by another program; it is ${port} from now on`;
}

/** The preferred port where it is free on 127.0.0.1, else one from the system. */
export async function freePort(preferred: number): Promise<number> {
  try {
    return await probe(preferred);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE', 'EACCES')) return probe(0);
    throw error;
  }
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

function configPath(dataFolder: string): string {
  return join(dataFolder, 'config.json');
}

function readConfig(dataFolder: string): Config {
  const text = readIfPresent(configPath(dataFolder)) ?? '{}';
  try {
    return JSON.parse(text);
  } catch {
    throw new LocalError(`"${configPath(dataFolder)}" is not JSON; correct it, or remove it to have new ports chosen`);
  }
}
