/**
 * Every failure Raffi can report, as one closed set. The HTTP problem documents, the IPC and the tests share these strings;
 * `problem()` is the one place that turns a code into an HTTP status and a title.
 */
const FAILURES = {
  // The request
  bad_request: [400, 'The request is not valid'],
  bad_json: [400, 'The body is not valid JSON'],
  body_too_large: [413, 'The body is too large'],
  source_missing: [400, 'No source was given'],
  source_refused: [400, 'This source may not be opened'],
  unknown_kind: [400, 'Unknown kind of source'],
  bad_start_time: [400, 'The start time is not valid'],
  bad_seek: [400, 'The seek time is not valid'],
  bad_audio_index: [400, 'There is no such audio track'],
  not_found: [404, 'There is nothing here'],
  session_not_found: [404, 'There is no such session'],
  segment_not_found: [404, 'There is no such segment'],
  subtitle_not_found: [404, 'There is no such subtitle track'],
  subtitle_not_text: [422, 'These subtitles are pictures'],
  bad_subtitles: [422, 'These are no subtitles'],
  method_not_allowed: [405, 'This method is not allowed here'],
  range_not_satisfiable: [416, 'The requested range lies outside the file'],
  // The guard
  host_refused: [403, 'The Host header is not a loopback name'],
  origin_refused: [403, 'This web page may not use Raffi'],
  not_local: [403, 'Only this computer may do this'],
  token_missing: [401, 'A cast token is needed'],
  token_invalid: [401, 'The cast token is not valid'],
  too_many_requests: [429, 'Too many requests'],
  // Casting
  no_lan_address: [503, 'This computer is in no network'],
  // The source
  source_not_found: [404, 'The source does not exist'],
  source_gone: [410, 'The source no longer exists'],
  source_forbidden: [403, 'The source refuses access'],
  source_unreachable: [502, 'The source cannot be reached'],
  source_timeout: [504, 'The source does not answer in time'],
  source_throttled: [503, 'The source asks to come back later'],
  source_failed: [502, 'The source answers with an error'],
  source_changed: [502, 'The source changed while it was read'],
  source_truncated: [502, 'The source ended too early'],
  source_redirects: [502, 'The source redirects too often'],
  // Torrents
  bad_torrent: [400, 'This is not a valid torrent'],
  torrent_unsupported: [422, 'This kind of torrent is not supported'],
  torrent_not_found: [404, 'There is no such torrent'],
  torrent_file_not_found: [404, 'There is no such file in the torrent'],
  no_peers: [504, 'Nobody shares this torrent now'],
  no_metadata: [504, 'The torrent’s description did not arrive'],
  stalled: [504, 'The torrent has stopped coming in'],
  torrent_failed: [502, 'The torrent engine failed'],
  // The media
  not_media: [422, 'This is not a media file'],
  media_damaged: [422, 'The media file is damaged'],
  media_protected: [422, 'The film is protected against copying'],
  no_index: [422, 'The file has no usable index'],
  codec_not_playable: [422, 'This film needs an encoder'],
  probe_failed: [502, 'The film could not be examined'],
  ffprobe_missing: [503, 'ffprobe is not installed'],
  ffmpeg_missing: [503, 'ffmpeg is not installed'],
  encoder_failed: [500, 'The film could not be converted'],
  // Casting
  cast_no_device: [404, 'There is no such device'],
  cast_device_unreachable: [502, 'The device does not answer'],
  cast_refused: [502, 'The device refuses to play'],
  cast_failed: [502, 'The device could not play the film'],
  cast_address_unreachable: [502, 'The device cannot fetch from this computer'],
  // The server
  wait_exceeded: [503, 'Not ready yet'],
  not_implemented: [501, 'Not available in this version'],
  cache_full: [507, 'The disk is full'],
  address_in_use: [500, 'The address is already in use'],
  bad_config: [500, 'The configuration is not valid'],
  core_unavailable: [503, 'The streaming core is not running'],
  aborted: [499, 'The request was cancelled'],
  internal: [500, 'Something went wrong inside Raffi'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

/** A stable error code: `code` of a problem document, of an IPC failure and of a session event. */
export type ErrorCode = keyof typeof FAILURES;

/** All codes, for schemas and tests. */
export const ERROR_CODES = Object.keys(FAILURES) as ErrorCode[];

export interface RaffiErrorOptions {
  cause?: unknown;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** Further members of the problem document (`stage`, `progress`, `reasons` …). Never a secret, never a URL's query. */
  data?: Record<string, unknown>;
}

/** The one error class that crosses module borders. `message` tells a person what happened and what to do next. */
export class RaffiError extends Error {
  override readonly name = 'RaffiError';
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly data: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: RaffiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.data = options.data ?? {};
  }

  get status(): number {
    return FAILURES[this.code][0];
  }
}

/** An RFC 9457 problem document. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  [extension: string]: unknown;
}

/** The problem document of an error; never a stack trace. */
export function problem(error: RaffiError): Problem {
  const [status, title] = FAILURES[error.code];
  return {
    ...error.data,
    type: `urn:raffi:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
  };
}

/** Any thrown value as a `RaffiError`: aborts become `aborted`, what nobody foresaw becomes `internal`. */
export function toRaffiError(thrown: unknown): RaffiError {
  if (thrown instanceof RaffiError) return thrown;
  if (isAbort(thrown)) return new RaffiError('aborted', 'The request was cancelled.', { cause: thrown });
  return new RaffiError(
    'internal',
    'Something went wrong inside Raffi. Try again; the log names the cause.',
    { cause: thrown },
  );
}

/** Whether a thrown value is an `AbortSignal`'s doing. */
export function isAbort(thrown: unknown): boolean {
  if (thrown instanceof RaffiError) return thrown.code === 'aborted';
  return thrown instanceof Error && thrown.name === 'AbortError';
}
