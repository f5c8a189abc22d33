import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

/** A task that ends when told, and notes whether its signal fired. */
function manualTask() {
  let resolve!: (value: string) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<string>((ok, fail) => {
    resolve = ok;
    reject = fail;
  });
  let runs = 0;
  let aborted = false;
  return {
    task: (signal: AbortSignal) => {
      runs += 1;
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason);
      });
      return promise;
    },
    resolve,
    get runs() {
      return runs;
    },
    get aborted() {
      return aborted;
    },
  };
}

describe('SingleFlight', () => {
  it('runs one task for all who ask while it runs', async () => {
    const flights = new SingleFlight<string>();
    const manual = manualTask();
    const both = Promise.all([flights.run('a', manual.task), flights.run('a', manual.task)]);
    manual.resolve('done');
    expect(await both).toEqual(['done', 'done']);
    expect(manual.runs).toBe(1);
  });

  it('goes on for the others when one waiter leaves, and stops with the last', async () => {
    const flights = new SingleFlight<string>();
    const manual = manualTask();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = flights.run('a', manual.task, first.signal);
    const two = flights.run('a', manual.task, second.signal);
    first.abort(new Error('left'));
    await expect(one).rejects.toThrow('left');
    expect(manual.aborted).toBe(false);
    second.abort(new Error('left too'));
    await expect(two).rejects.toThrow('left too');
    expect(manual.aborted).toBe(true);
  });

  it('starts afresh after the last waiter of a cancelled run left', async () => {
    const flights = new SingleFlight<string>();
    const [cancelled, fresh] = [manualTask(), manualTask()];
    const controller = new AbortController();
    const one = flights.run('a', cancelled.task, controller.signal);
    controller.abort(new Error('left'));
    const two = flights.run('a', fresh.task);
    fresh.resolve('fresh');
    await expect(one).rejects.toThrow('left');
    expect(await two).toBe('fresh');
  });
});
