import { RaffiError } from '../../errors.ts';

/**
 * An encoder was killed by somebody else: mostly by the system, which has run out of memory. No process sends itself SIGKILL, as it does the
 * signals of a crash, so this says nothing of the film, nor of the encoder.
 */
class EncoderKilled extends RaffiError {
  constructor() {
    super(
      'encoder_failed',
      'The film could not be converted while playing: the encoder was killed, as systems do that run out of memory. Close other programs, and try again.',
    );
  }
}

export function killed(): RaffiError {
  return new EncoderKilled();
}

export function isKilled(thrown: unknown): boolean {
  return thrown instanceof EncoderKilled;
}
