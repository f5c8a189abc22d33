import { createInterface } from 'node:readline';
import { type Ask, ask } from './lan.ts';

/** Sends the requests that it is given on stdin, a line of JSON each, one after the other, and tells what came of them. */
for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await ask(JSON.parse(line) as Ask).catch((error: NodeJS.ErrnoException) => ({
    error: error.code ?? error.message,
  }));
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
