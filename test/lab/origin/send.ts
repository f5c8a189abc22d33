import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Entity } from './content.ts';
import type { FaultState } from './faults.ts';
import type { Link } from './link.ts';
import type { LoggedRequest } from './log.ts';

/** Whether the whole answer went to the socket, or a fault ended the connection before. */
export type Outcome = 'complete' | 'ended-on-purpose';

/**
 * Sends an answer's body over the link, with the faults that strike on the way. Resolves when everything is handed over or
 * the connection was ended on purpose; rejects when the client went away.
 */
export async function sendBody(
  response: ServerResponse,
  entity: Entity,
  answer: Answer,
  context: { link: Link; state: FaultState; entry: LoggedRequest; signal: AbortSignal },
): Promise<Outcome> {
  const { link, state, entry, signal } = context;
  const { faults } = state;
  const reset = state.strike(faults.reset);
  const cut = state.strike(faults.cut);
  const stall = state.strike(faults.stall);
  const stops = [reset?.afterBytes, cut?.afterBytes, stall?.afterBytes].filter((at) => at !== undefined);
  const sent = { start: answer.body.start, end: answer.body.start };
  entry.sent = sent;
  if (faults.delayBodyMs !== undefined) {
    response.flushHeaders();
    await delay(faults.delayBodyMs, undefined, { signal });
  }

  for (;;) {
    const done = sent.end - sent.start;
    if (reset && done >= reset.afterBytes) {
      response.socket?.resetAndDestroy();
      return 'ended-on-purpose';
    }
    if (cut && done >= cut.afterBytes) return closeAfterFlush(response);
    if (stall && done === stall.afterBytes) {
      response.flushHeaders();
      await delay(stall.ms ?? 2 ** 31 - 1, undefined, { signal });
    }
    const left = answer.body.end - sent.end;
    if (left <= 0) break;
    const nextStop = Math.min(...stops.filter((at) => at > done).map((at) => at - done), left);
    const piece = Buffer.allocUnsafe(Math.min(link.pieceBytes, nextStop));
    await Promise.all([entity.read(piece, sent.end), link.cross(piece.length, signal)]);
    signal.throwIfAborted();
    entry.firstByteMs ??= performance.now();
    sent.end += piece.length;
    if (!response.write(piece)) await once(response, 'drain', { signal });
  }
  // An answer that promised more than there is can only end with the connection.
  const lie = typeof faults.contentLength === 'object' ? faults.contentLength.lieBy : 0;
  if (lie > 0) return closeAfterFlush(response);
  response.end();
  return 'complete';
}

async function closeAfterFlush(response: ServerResponse): Promise<Outcome> {
  const { socket } = response;
  if (!response.headersSent) response.flushHeaders();
  response.uncork();
  await new Promise<void>((resolve) => (socket ? socket.end(resolve) : resolve()));
  return 'ended-on-purpose';
}
