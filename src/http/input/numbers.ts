import { z } from 'zod';
import { RaffiError } from '../../errors.ts';

/** A `seek` of the query in seconds; undefined when absent or empty. Huge ones stay finite and are clamped by the film. Throws `bad_seek`. */
export function parseSeek(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  const text = typeof value === 'string' ? value : '';
  if (!/^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) {
    throw new RaffiError('bad_seek', 'seek is a number of seconds, 0 or more. Correct it and try again.');
  }
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

const audioBody = z.object({ index: z.int().nonnegative() });

/** The body of `POST …/audio`. Throws `bad_audio_index`; whether the film has that track is the session's to say. */
export function parseAudioIndex(json: unknown): number {
  const parsed = audioBody.safeParse(json);
  if (parsed.success) return parsed.data.index;
  throw new RaffiError(
    'bad_audio_index',
    'Send {"index": n} with the track’s position among the audio tracks, from 0.',
    { cause: parsed.error },
  );
}
