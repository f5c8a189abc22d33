import { z } from 'zod';
import { RaffiError } from '../../errors.ts';

const body = z.object({
  sessionId: z.string().min(1).max(100),
  ttlSeconds: z.number().positive().exactOptional(),
});

/** The body of `POST /cast/token`. Throws `bad_request`; how long a token may last is not its matter. */
export function parseCastTokenRequest(json: unknown): z.infer<typeof body> {
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RaffiError(
    'bad_request',
    'Send {"sessionId": "…"}, and "ttlSeconds" (more than 0) if the token is to last other than 15 minutes.',
    { cause: parsed.error },
  );
}
