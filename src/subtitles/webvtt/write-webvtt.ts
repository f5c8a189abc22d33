import { type Cue, MAX_CUE_CHARS } from '../cue.ts';

/**
 * What a WebVTT file begins with (W3C WebVTT §4.1). As a segment of HLS it says that its times are those of MPEG-TS time 0, which is where the
 * film's own clock begins (RFC 8216 §3.5).
 */
export function webvttHeader(as: 'document' | 'segment' = 'document'): string {
  return as === 'segment' ? 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n' : 'WEBVTT\n\n';
}

/** Cues as WebVTT, to follow a header. What is over before time 0, or shows nothing, is left out. */
export function writeCues(cues: readonly Cue[]): string {
  return cues.map(writeCue).join('');
}

function writeCue({ startSeconds, endSeconds, text, settings }: Cue): string {
  const start = Math.max(0, Math.round(startSeconds * 1000));
  const end = Math.round(endSeconds * 1000);
  if (!(end > start) || text === '' || text.length > MAX_CUE_CHARS) return '';
  const timing = `${clock(start)} --> ${clock(end)}${settings === '' ? '' : ` ${settings}`}`;
  return `${timing}\n${text}\n\n`;
}

/** `HH:MM:SS.mmm`: hours are always written, since some receivers want them. */
function clock(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  const hours = two(Math.floor(seconds / 3600));
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}
