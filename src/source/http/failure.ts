import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, RaffiError } from '../../errors.ts';

/**
 * Whether asking again may help. `never`: it cannot. `opened`: only if this source has answered before. `starting`: before that a time or two,
 * as a server that has just been started may refuse connections. `passing`: before that for a moment. `always`: it may pass.
 */
export type Retry = 'never' | 'opened' | 'starting' | 'passing' | 'always';

/** Why one attempt failed and what may be done about it. Stays inside the source; readers get its `error`. */
export class AttemptFailure extends Error {
  readonly error: RaffiError;
  readonly retry: Retry;
  /** What the origin asked for by `Retry-After`, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(error: RaffiError, retry: Retry, retryAfterMs?: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.retry = retry;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The failure of a status that is neither an answer nor a redirect. */
export function statusFailure(status: number, headers: IncomingHttpHeaders): AttemptFailure {
  const fail = (code: ErrorCode, message: string, retry: Retry = 'never') =>
    new AttemptFailure(new RaffiError(code, message, { data: { originStatus: status } }), retry);
  if (status === 401 || status === 403 || status === 407) {
    return fail(
      'source_forbidden',
      `The server refuses access (${status}). The link may have expired or need a login: get a new one.`,
    );
  }
  if (status === 404)
    return fail('source_not_found', 'The server has no such file (404). Check the address.');
  if (status === 410)
    return fail('source_gone', 'The file was taken off the server (410). Look for another source.');
  if (status === 416)
    return fail(
      'source_failed',
      'The server refuses a range that lies inside the file (416). Try again or use another source.',
    );
  if (status === 429 || status === 503) return throttled(status, headers);
  if (status === 408 || status >= 500) {
    return fail('source_failed', `The server answers with error ${status}. Try again later.`, 'always');
  }
  return fail(
    'source_failed',
    `The server answers with status ${status}, which is not a file. Check the address.`,
  );
}

/** What was read belongs to another version of the file than what comes now. */
export function sourceChanged(): RaffiError {
  return new RaffiError('source_changed', 'The file on the server changed while it was read. Open it again.');
}

/** The failure behind an error of the network, of undici, or of our own checks. Aborts are not failures: handle them before. */
export function transportFailure(thrown: unknown): AttemptFailure {
  if (thrown instanceof AttemptFailure) return thrown;
  const own = findRaffiError(thrown);
  if (own) return new AttemptFailure(own, 'never');
  const code = errorCode(thrown);
  const fail = (kind: ErrorCode, message: string, retry: Retry) =>
    new AttemptFailure(new RaffiError(kind, message, { cause: thrown, data: { reason: code } }), retry);
  const retry = FIRST_RETRY[code] ?? 'opened';
  if (TIMEOUTS.has(code))
    return fail(
      'source_timeout',
      'The server does not answer in time. Check the connection and try again.',
      retry,
    );
  if (code === 'ENOTFOUND')
    return fail(
      'source_unreachable',
      'No server has this name. Check the address and the connection.',
      'opened',
    );
  if (UNREACHABLE.has(code))
    return fail(
      'source_unreachable',
      'The server cannot be reached. Check that it runs and that the network is up.',
      retry,
    );
  if (/CERT|TLS|SSL|ISSUER|SIGNATURE/.test(code)) {
    return fail(
      'source_unreachable',
      `The server's identity cannot be verified (${code}). Check the address and this computer's clock.`,
      'never',
    );
  }
  return fail('source_failed', 'The server broke the connection off. Try again.', 'always');
}

/** Failures to connect that may have passed a moment later, even where the source has never answered. */
const FIRST_RETRY: Readonly<Record<string, Retry>> = {
  EAI_AGAIN: 'passing',
  ETIMEDOUT: 'passing',
  ECONNREFUSED: 'starting',
};
const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENODATA',
  'EACCES',
  'EPERM',
]);

function throttled(status: number, headers: IncomingHttpHeaders): AttemptFailure {
  const waitMs = retryAfterMs(headers['retry-after']);
  const error = new RaffiError(
    'source_throttled',
    `The server asks to come back later (${status}). Wait a little and try again.`,
    {
      data: { originStatus: status },
      ...(waitMs !== undefined && { retryAfterSeconds: Math.ceil(waitMs / 1000) }),
    },
  );
  return new AttemptFailure(error, 'always', waitMs);
}

/** `Retry-After` as milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3). */
function retryAfterMs(value: string | undefined): number | undefined {
  if (!value) return undefined;
  if (/^\d+$/.test(value.trim())) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Our own error, also where undici or Node's address race wrapped it. */
function findRaffiError(thrown: unknown): RaffiError | undefined {
  if (thrown instanceof RaffiError) return thrown;
  if (!(thrown instanceof Error)) return undefined;
  const inner: unknown[] = thrown instanceof AggregateError ? thrown.errors : [];
  for (const error of [...inner, thrown.cause]) {
    const found = error === thrown ? undefined : findRaffiError(error);
    if (found) return found;
  }
  return undefined;
}

function errorCode(thrown: unknown): string {
  const { code, errors } = (thrown ?? {}) as { code?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  return errors?.length ? errorCode(errors[0]) : 'UNKNOWN';
}
