const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something synchronous when this process ends, by itself or by a signal (the test runner ends its workers with SIGTERM, of which
 * Node tells no `exit` listener): what was started in a process group of its own would live on. Returns the way to take it back.
 */
export function atProcessEnd(act: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    act();
    revoke();
    // Listening has kept the signal from doing what it does.
    process.kill(process.pid, signal);
  };
  const revoke = (): void => {
    process.off('exit', act);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', act);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return revoke;
}
