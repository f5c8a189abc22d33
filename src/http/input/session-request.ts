import { z } from 'zod';
import { type ErrorCode, RaffiError } from '../../errors.ts';
import type { SessionRequest } from '../../session/types.ts';
import { validateSourceUrl } from '../../source/validate-source.ts';
import { isMagnetLike } from '../../torrent/magnet.ts';
import { checkTorrentSource, requestOfMetainfo } from '../../torrent/torrent-request.ts';
import { originHeaders } from './headers.ts';
import { languageTags } from './languages.ts';

/** MIME types and codec strings: short, and few. */
const names = z.array(z.string().min(1).max(128)).max(128);

const capabilities = z.object({
  containers: names,
  video: names,
  audio: names,
  maxChannels: z.int().min(1).max(64),
  maxHeight: z.int().min(1).max(100_000),
  hdr: z.boolean(),
});

const body = z.object({
  source: z.string(),
  kind: z.enum(['http', 'torrent']).optional(),
  startTime: z.number().nonnegative().optional(),
  fileIdx: z.int().nonnegative().optional(),
  headers: originHeaders.optional(),
  capabilities: capabilities.optional(),
  languages: languageTags.optional(),
  ladder: z.boolean().optional(),
  trackers: z.array(z.string().min(1).max(2048)).max(64).optional(),
  downloadAll: z.boolean().optional(),
});

/** Which member's fault has a code of its own; the rest is `bad_request`. */
const CODES: Partial<Record<string, ErrorCode>> = {
  source: 'source_missing',
  kind: 'unknown_kind',
  startTime: 'bad_start_time',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  source_missing: 'No source was given. Send {"source": "https://…"}.',
  unknown_kind: 'The kind of a source is "http" or "torrent".',
  bad_start_time: 'The start time is a number of seconds, 0 or more.',
};

/** The body of `POST /sessions`, checked; touches neither network nor disk. Throws the code of what is wrong first. */
export function parseSessionRequest(json: unknown): SessionRequest {
  const parsed = body.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error);
  const {
    source,
    kind,
    startTime,
    fileIdx,
    headers,
    capabilities: measured,
    languages,
    ladder,
    trackers,
    downloadAll,
  } = parsed.data;
  const text = source.trim();
  refuseLocalPath(text);
  const isTorrent = kind === 'torrent' || (kind === undefined && namesTorrent(text));
  if (!isTorrent || text === '') validateSourceUrl(text);
  else checkTorrentSource(text);
  return {
    source: text,
    kind: isTorrent ? 'torrent' : 'http',
    ...(startTime === undefined ? {} : { startTime }),
    ...(fileIdx === undefined ? {} : { fileIdx }),
    ...(headers === undefined ? {} : { headers }),
    ...(measured === undefined ? {} : { capabilities: measured }),
    ...(languages === undefined ? {} : { languages }),
    ...(ladder === undefined ? {} : { ladder }),
    ...(trackers === undefined ? {} : { trackers }),
    ...(downloadAll === undefined ? {} : { downloadAll }),
  };
}

/**
 * A `.torrent` file that was sent as the body, and the members of the request that are not `source` as JSON.
 *
 * @throws `bad_torrent`, `torrent_unsupported`, `bad_json`, and what `parseSessionRequest` throws
 */
export function parseUpload(torrentFile: Uint8Array, options: unknown): SessionRequest {
  const { source, metainfo } = requestOfMetainfo(torrentFile);
  const members = typeof options === 'string' && options !== '' ? parseJson(options) : {};
  return { ...parseSessionRequest({ ...members, source, kind: 'torrent' }), metainfo };
}

function parseJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw new RaffiError('bad_json', 'What was given as "options" is not a JSON object.');
}

function invalid(error: z.ZodError): RaffiError {
  const first = error.issues[0];
  const path = first?.path.join('.') ?? '';
  const code = CODES[String(first?.path[0])] ?? 'bad_request';
  const said = path === '' ? 'The body must be a JSON object.' : `${path.slice(0, 100)}: ${first?.message}.`;
  return new RaffiError(code, HINTS[code] ?? said, { cause: error });
}

/** Where the request does not say what its source is. */
function namesTorrent(source: string): boolean {
  return isMagnetLike(source) || /^[^?#]*\.torrent(?:[?#]|$)/i.test(source);
}

/** Contract §4: local paths enter by IPC or the command line only, so that no web page can read a local file. */
function refuseLocalPath(source: string): void {
  if (!/^(?:file:|[/\\~.]|[a-z]:[/\\])/i.test(source)) return;
  throw new RaffiError(
    'source_refused',
    'Local files cannot be opened over HTTP. Open the file in the app, or name it on the command line.',
  );
}
