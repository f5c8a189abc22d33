import type { Request } from 'express';
import { RaffiError } from '../../errors.ts';
import { jsonBody, textBody } from '../body.ts';

/** The session to clean up: in the query, or in a JSON body of any content type (beacons say text/plain). Throws `bad_request`. */
export function parseCleanupId(request: Request): string {
  const inQuery = request.query.id;
  const id = typeof inQuery === 'string' && inQuery !== '' ? inQuery : idInBody(request);
  if (id !== undefined) return id;
  throw new RaffiError('bad_request', 'Name the session: /cleanup?id=… or a JSON body {"id": "…"}.');
}

function idInBody(request: Request): string | undefined {
  if (textBody(request).trim() === '') return undefined;
  const body = jsonBody(request);
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
