import type { SessionEvent } from '../../../src/session/types.ts';

const TYPES = [
  'stage',
  'decisions',
  'damage',
  'seek',
  'buffer',
  'torrent',
  'error',
  'closed',
] as const satisfies SessionEvent['type'][];

/**
 * Listens to a session's server-sent events until the returned function is called. `EventSource` reconnects by itself after a
 * broken connection; it gives up when the core answers with an error (a session not yet restored after a crash), so the
 * caller subscribes anew once the core is ready again.
 */
export function listen(url: string, onEvent: (event: SessionEvent) => void): () => void {
  const source = new EventSource(url);
  for (const type of TYPES) {
    source.addEventListener(type, (message) => {
      // EventSource's own connection failures are also called `error`, but carry no data.
      if (!(message instanceof MessageEvent) || typeof message.data !== 'string') return;
      onEvent({ type, data: JSON.parse(message.data) } as SessionEvent);
    });
  }
  return () => source.close();
}
