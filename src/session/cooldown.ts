import { type ErrorCode, RaffiError } from '../errors.ts';
import type { SourceKind } from './types.ts';

/** Contract: after the last failure a source is left alone for this long. */
const COOLDOWN_MS = 20_000;
/** What a person can mend at once, who then asks again: only a burst of requests shares one failure. */
const MENDABLE_MS = 1_000;
const MENDABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ffprobe_missing', 'cache_full']);

/** How long after a failure the same error is the answer, milliseconds. The owner of a local file spares no server. */
export function cooldownMs(kind: SourceKind, error: RaffiError): number {
  return kind === 'file' || MENDABLE.has(error.code) ? MENDABLE_MS : COOLDOWN_MS;
}

/** Why a film could not be opened, and until when that is the answer. */
export class Failure {
  readonly error: RaffiError;
  readonly #atMs: number;
  readonly #cooldownMs: number;

  /** `nowMs` here and below: milliseconds of one monotonic clock. */
  constructor(error: RaffiError, kind: SourceKind, nowMs: number) {
    this.error = error;
    this.#atMs = nowMs;
    this.#cooldownMs = cooldownMs(kind, error);
  }

  isCooling(nowMs: number): boolean {
    return nowMs - this.#atMs < this.#cooldownMs;
  }

  /** The error with the rest of the cooldown as `Retry-After`, where trying again can help; never sooner than the origin asked for. */
  answer(nowMs: number): RaffiError {
    const { error } = this;
    if (!mayPass(error)) return error;
    const elapsedMs = nowMs - this.#atMs;
    const waitMs = Math.max(this.#cooldownMs, (error.retryAfterSeconds ?? 0) * 1000) - elapsedMs;
    return new RaffiError(error.code, error.message, {
      cause: error,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      data: error.data,
    });
  }
}

/** A refusal (4xx) stays what it is, and so does what is not built yet; the rest may be different later. */
function mayPass(error: RaffiError): boolean {
  return error.status >= 500 && error.code !== 'not_implemented';
}
