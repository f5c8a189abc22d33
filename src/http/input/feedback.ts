import { z } from 'zod';
import { RaffiError } from '../../errors.ts';
import type { Feedback } from '../../session/types.ts';

/** A player's own words, for the log alone. */
const detail = z.string().max(1000).exactOptional();

const body = z.discriminatedUnion('track', [
  z.object({ track: z.literal('video'), problem: z.enum(['no_frames', 'decode_error']), detail }),
  z.object({
    track: z.literal('audio'),
    position: z.int().min(0).max(999).exactOptional(),
    problem: z.enum(['silent', 'decode_error']),
    detail,
  }),
]);

/** The body of `POST …/feedback`. Throws `bad_request`; whether the film has that track is the session's to say. */
export function parseFeedback(json: unknown): Feedback {
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RaffiError(
    'bad_request',
    'Send {"track": "video", "problem": "no_frames" or "decode_error"}, or {"track": "audio", "problem": "silent" or "decode_error"}.',
    { cause: parsed.error },
  );
}
