import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './command.ts';

/** Before work is done that may take minutes. @throws UsageError */
export async function requireWritable(file: string, option = '--out'): Promise<void> {
  const fault = await access(path.dirname(file), constants.W_OK).catch((error: Error) => error);
  if (fault) throw new UsageError(`"${option}" must be a file that can be written: ${fault.message}`);
}
