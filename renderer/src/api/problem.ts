import type { ErrorCode, Problem } from '../../../src/errors.ts';

/** A failure as the window shows it: what happened, and what to do about it. */
export interface Failure {
  /** A code of the core's closed set, or one of the window's own. */
  code: ErrorCode | WindowCode;
  title: string;
  /** Tells a person what to do next. */
  detail: string;
  /** Whether the same attempt can succeed later without the person changing anything. */
  canRetry: boolean;
  retryAfterSeconds?: number;
}

/** Failures that only a player has: the core was fine. */
export type WindowCode = 'core_unreachable' | 'decode_failed' | 'unknown_answer';

/** The one error class of the renderer's API client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly failure: Failure;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(failure: Failure, status: number, cause?: unknown) {
    super(failure.detail, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.status = status;
  }
}

/** The failure of an answer that was not a success: its problem document, or a plain sentence where it carries none. */
export function failureOf(status: number, body: string): Failure {
  const problem = parseProblem(body);
  if (problem === null) {
    return {
      code: 'unknown_answer',
      title: 'Unexpected answer',
      detail: `The streaming core answered with status ${status} and no explanation. Try again.`,
      canRetry: true,
    };
  }
  return failureFrom(problem, problem.retryAfterSeconds);
}

/** The failure of a call of `window.raffi.cast`, which rejects with a problem document as its message. */
export function failureOfRejection(thrown: unknown): Failure {
  const problem = thrown instanceof Error ? parseProblem(thrown.message) : null;
  if (problem !== null) return failureFrom(problem);
  return {
    code: 'unknown_answer',
    title: 'Something went wrong',
    detail: 'Raffi did not understand its own answer. Try again; if that does not help, restart Raffi.',
    canRetry: true,
  };
}

/** From the `error` member of a session, or a problem document. */
export function failureFrom(
  error: { code: ErrorCode; title: string; detail: string },
  retryAfterSeconds?: unknown,
): Failure {
  return {
    code: error.code,
    title: error.title,
    detail: error.detail,
    canRetry: !FINAL.has(error.code),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
  };
}

export const CORE_UNREACHABLE: Failure = {
  code: 'core_unreachable',
  title: 'The streaming core does not answer',
  detail: 'It is probably being restarted. Try again in a moment; if that does not help, restart Raffi.',
  canRetry: true,
};

/** The supervisor gave up on the core. */
export function coreFailure(reason: string | undefined): Failure {
  return {
    code: 'core_unavailable',
    title: 'The streaming core stopped',
    detail: reason ?? 'It crashed too often. Restart Raffi.',
    canRetry: false,
  };
}

/** The browser could open the film, but not decode it. `detail` is what it said. */
export function decodeFailure(detail: string): Failure {
  return {
    code: 'decode_failed',
    title: 'The picture could not be decoded',
    detail: `${detail} The file may be damaged, or use a feature this computer cannot decode. Try another version of it.`,
    canRetry: true,
  };
}

/**
 * Whether what was answered, by HTTP status, may pass by itself: a core that is being restarted (0: no answer), others that are served first, and
 * the source's bad moments. The other answers are verdicts, a 404 too: a restarted core restores its sessions before it listens.
 */
export function mayPass(status: number): boolean {
  return [0, 429, 502, 503, 504].includes(status);
}

/** Trying the same again cannot end otherwise: the source or the request itself has to change. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'source_refused',
  'source_missing',
  'unknown_kind',
  'not_media',
  'media_protected',
  'bad_torrent',
  'torrent_unsupported',
  'torrent_file_not_found',
  'codec_not_playable',
  'not_implemented',
  'session_not_found',
]);

function parseProblem(body: string): (Problem & { retryAfterSeconds?: unknown }) | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { code, title, detail } = parsed as Record<string, unknown>;
    if (typeof code !== 'string' || typeof title !== 'string' || typeof detail !== 'string') return null;
    return parsed as Problem;
  } catch {
    return null;
  }
}
