import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

interface Terminal {
  stdin: NodeJS.ReadableStream;
  stderr: NodeJS.WritableStream;
}

/** Whether the answer is "yes"; its end, Ctrl-C and everything else are no. */
export async function askYes(question: string, { stdin: input, stderr: output }: Terminal): Promise<boolean> {
  const terminal = createInterface({ input, output });
  const ended = once(terminal, 'close').then(() => '');
  terminal.once('SIGINT', () => terminal.close());
  const answer = await Promise.race([terminal.question(`${question} (yes or no) `), ended]);
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}
