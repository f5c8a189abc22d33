import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Asks the core for its health again and again, in a process of its own, and tells at its end how long the slowest hundredth took. */
const INTERVAL_MS = 5;
const url = new URL(process.argv[2] ?? '');
const waits: number[] = [];
let isDone = false;
process.once('message', () => {
  isDone = true;
});
process.send?.({ ready: true });
while (!isDone) {
  waits.push(await ask());
  await delay(INTERVAL_MS);
}
waits.sort((a, b) => a - b);
process.send?.({ p99Ms: waits[Math.floor(waits.length * 0.99)], count: waits.length });
process.disconnect();

function ask(): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(url, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(performance.now() - startedMs));
    });
    asked.once('error', reject);
    asked.end();
  });
}
