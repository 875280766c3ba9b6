import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type Log = Logger;

/** Lines of JSON. What is logged are ids, codes and counts: never a claim, a body, a key or a token. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** An error and its causes. What PostgreSQL says is left out but for its code: its messages and details repeat what was stored. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'not an error was thrown' };
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error ? { code: error.code } : {};
  const isDatabase = 'severity' in error;
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return {
    name,
    ...code,
    ...(isDatabase ? databaseFields(error) : { message }),
    stack: frames.map((line) => line.trim()),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

function databaseFields(error: object): object {
  const { table, constraint, column, routine } = error as Record<string, unknown>;
  return { table, constraint, column, routine };
}
