import { z } from 'zod';
import { RaffiError } from '../../errors.ts';

const body = z.object({ all: z.boolean() });

/** The body of `POST …/download`. Throws `bad_request`; whether the session plays a torrent is its own to say. */
export function parseDownload(json: unknown): boolean {
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data.all;
  throw new RaffiError(
    'bad_request',
    'Send {"all": true} to have the whole file of a torrent fetched, {"all": false} to have no more of it than plays.',
    { cause: parsed.error },
  );
}
