import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Asks a child over its channel: one question at a time, each answered by one message. Rejects once the child has ended. */
export function asker<Question extends object>(
  child: ChildProcess,
): (question: Question) => Promise<unknown> {
  const died = once(child, 'exit').then(() => {
    throw new Error(`The process ${child.pid} has ended`);
  });
  // Only whoever waits for an answer cares.
  died.catch(() => {});
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(async () => {
      const answered = once(child, 'message');
      child.send(question);
      const [value] = (await Promise.race([answered, died])) as [unknown];
      return value;
    });
    last = answer.catch(() => {});
    return answer;
  };
}
