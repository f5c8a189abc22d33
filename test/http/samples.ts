/** A session that is not open. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** A request to an operation, and how it is answered. */
export interface Sample {
  /** Path parameters besides a session of the real clip. */
  params?: Record<string, string>;
  query?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Where it names the session. */
  bodyFor?: (sessionId: string) => unknown;
  status: number;
  code?: string;
}

/** Stands for the name of the first segment of the session's stream. */
export const FIRST_SEGMENT = 'first segment';
const segment = { name: FIRST_SEGMENT };
const wrongSession: Sample = { params: { id: NOBODY }, status: 404, code: 'session_not_found' };
const part = { headers: { Range: 'bytes=0-9' }, status: 206 };
const beyond = { headers: { Range: 'bytes=999999999999-' }, status: 416, code: 'range_not_satisfiable' };
const streamSamples: Sample[] = [
  { status: 200 },
  { query: '?seek=12&force_slice=1&seek_id=a', status: 200 },
  { query: '?seek=1e300', status: 200 },
  { query: '?seek=-1', status: 400, code: 'bad_seek' },
  { query: '?seek=NaN', status: 400, code: 'bad_seek' },
  wrongSession,
];
const infoHash = { infoHash: 'a'.repeat(40), fileIdx: '0' };

/** At least one request for every operation, and one for each way it is refused. */
export const SAMPLES: Record<string, Sample[]> = {
  health: [
    { status: 200 },
    { headers: { Origin: 'https://evil.example' }, status: 403, code: 'origin_refused' },
  ],
  healthHead: [{ status: 200 }],
  listSessions: [{ status: 200 }],
  listSessionsHead: [{ status: 200 }],
  openSession: [
    { body: { source: 'http://host.invalid/film.mkv' }, status: 200 },
    { body: {}, status: 400, code: 'source_missing' },
    { body: { source: 'file:///etc/passwd' }, status: 400, code: 'source_refused' },
    { body: { source: 'x'.repeat(2 ** 20) }, status: 413, code: 'body_too_large' },
    { body: { source: 'magnet:?xt=urn:btih:0' }, status: 400, code: 'bad_torrent' },
    { body: { source: `magnet:?xt=urn:btih:${'0'.repeat(40)}` }, status: 200 },
  ],
  session: [{ status: 200 }, wrongSession],
  sessionHead: [{ status: 200 }],
  endSession: [{ status: 204 }, wrongSession],
  setAudio: [
    { body: { index: 0 }, status: 200 },
    { body: { index: 99 }, status: 400, code: 'bad_audio_index' },
    { ...wrongSession, body: { index: 0 } },
  ],
  download: [
    { body: { all: true }, status: 400, code: 'bad_request' },
    { body: { all: 'yes' }, status: 400, code: 'bad_request' },
    { ...wrongSession, body: { all: true } },
  ],
  feedback: [
    { body: { track: 'video', problem: 'decode_error', detail: 'PIPELINE_ERROR_DECODE' }, status: 200 },
    { body: { track: 'audio', position: 0, problem: 'silent' }, status: 200 },
    { body: { track: 'audio', position: 99, problem: 'silent' }, status: 400, code: 'bad_audio_index' },
    { body: { track: 'video', problem: 'silent' }, status: 400, code: 'bad_request' },
    { ...wrongSession, body: { track: 'video', problem: 'no_frames' } },
  ],
  stream: streamSamples,
  streamHead: [{ status: 200 }],
  streamChild: streamSamples,
  streamChildHead: [{ status: 200 }],
  streamSegment: [
    { params: segment, status: 200 },
    { params: segment, ...part },
    { params: segment, ...beyond },
    { params: { name: 'none.ts' }, status: 404, code: 'segment_not_found' },
    { params: { name: '..%2F..%2Fetc%2Fpasswd' }, status: 404, code: 'segment_not_found' },
  ],
  streamSegmentHead: [{ params: segment, status: 200 }],
  master: [{ status: 200 }, wrongSession],
  masterHead: [{ status: 200 }],
  rendition: [
    { params: { rendition: 'v0', asset: 'playlist.m3u8' }, status: 200 },
    { params: { rendition: 'v0', asset: 'init.mp4' }, status: 200 },
    { params: { rendition: 'v0', asset: '0.m4s' }, status: 200 },
    { params: { rendition: 'v0', asset: 'iframes.m3u8' }, status: 200 },
    { params: { rendition: 'v0', asset: 'i0.m4s' }, status: 200 },
    { params: { rendition: 'a0', asset: 'playlist.m3u8' }, status: 200 },
    { params: { rendition: 'a0', asset: 'init.mp4' }, ...part },
    { params: { rendition: 'a0', asset: '0.m4s' }, ...beyond },
    { params: { rendition: 'v9', asset: '0.m4s' }, status: 404, code: 'segment_not_found' },
    { params: { rendition: 'v0', asset: '99999.m4s' }, status: 404, code: 'segment_not_found' },
    { params: { rendition: 'v0', asset: 'i99999.m4s' }, status: 404, code: 'segment_not_found' },
    { params: { rendition: 'a0', asset: 'iframes.m3u8' }, status: 404, code: 'segment_not_found' },
    { params: { rendition: 'a0', asset: 'i0.m4s' }, status: 404, code: 'segment_not_found' },
  ],
  renditionHead: [{ params: { rendition: 'v0', asset: '0.m4s' }, status: 200 }],
  direct: [{ status: 200 }, part, beyond, wrongSession],
  directHead: [{ status: 200 }],
  events: [wrongSession],
  eventsHead: [{ status: 200 }],
  addSubtitles: [
    { body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello', query: '?language=en&title=Mine', status: 200 },
    { body: 'nothing of the kind', status: 422, code: 'bad_subtitles' },
    { body: 'x'.repeat(2 ** 23), status: 413, code: 'body_too_large' },
    { body: 'WEBVTT', query: '?language=!', status: 400, code: 'bad_request' },
    { ...wrongSession, body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello' },
  ],
  subtitles: [
    { params: { name: '0.vtt' }, status: 404, code: 'subtitle_not_found' },
    { params: { name: 'subtitles.srt' }, status: 404, code: 'subtitle_not_found' },
    { params: { name: '0.vtt' }, query: '?from=5&to=4', status: 400, code: 'bad_seek' },
  ],
  subtitlesHead: [{ params: { name: '0.vtt' }, status: 404 }],
  stats: [{ status: 200 }],
  statsHead: [{ status: 200 }],
  cleanup: [
    { body: { id: NOBODY }, status: 200 },
    { status: 400, code: 'bad_request' },
  ],
  cleanupByDelete: [
    { query: `?id=${NOBODY}`, status: 200 },
    { status: 400, code: 'bad_request' },
  ],
  castToken: [
    { bodyFor: (sessionId) => ({ sessionId, ttlSeconds: 60 }), status: 200 },
    { body: { sessionId: NOBODY }, status: 404, code: 'session_not_found' },
    { body: { ttlSeconds: 60 }, status: 400, code: 'bad_request' },
  ],
  torrent: [{ params: infoHash, status: 404, code: 'torrent_not_found' }],
  torrentFile: [{ params: infoHash, status: 404, code: 'torrent_not_found' }],
  torrentStatus: [{ params: infoHash, status: 200 }],
  torrentHead: [{ params: infoHash, status: 404 }],
  torrentFileHead: [{ params: infoHash, status: 404 }],
  torrentStatusHead: [{ params: infoHash, status: 200 }],
};
