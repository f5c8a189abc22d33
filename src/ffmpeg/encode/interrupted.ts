import { RaffiError } from '../../errors.ts';

/** An encoder ended in the middle of a segment: it died, or was needed elsewhere. The next one makes the segment from its beginning. */
class EncoderInterrupted extends RaffiError {
  constructor(cause: unknown) {
    super('encoder_failed', 'The encoder ended in the middle of a segment. Ask for it again.', { cause });
  }
}

export function interrupted(cause: unknown): RaffiError {
  return new EncoderInterrupted(cause);
}

/** The track itself is closed, or its encoder no longer needed. */
export function closed(): RaffiError {
  return new RaffiError('aborted', 'The encoder was stopped.');
}

/** Whether asking again may help: the track itself counts how often it does not. */
export function isInterrupted(thrown: unknown): boolean {
  return thrown instanceof EncoderInterrupted;
}
