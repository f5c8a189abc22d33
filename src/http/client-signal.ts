import type { Response } from 'express';
import { RaffiError } from '../errors.ts';

/** Fires when the client goes away before its answer is complete, so that nobody reads a film for nobody. */
export function clientSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new RaffiError('aborted', 'The client went away.'));
  });
  return controller.signal;
}
