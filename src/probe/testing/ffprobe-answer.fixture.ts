import { parseOutput } from '../ffprobe.ts';
import type { MediaInfo } from '../media-info.ts';

export type Json = Record<string, unknown>;

/** What ffprobe's answer of these streams is in our words; of a Matroska film of a minute, unless `rest` says otherwise. */
export function parse(streams: Json[], rest: Json = {}): MediaInfo {
  return parseOutput(
    JSON.stringify({
      streams: streams.map((stream, index) => ({ index, ...stream })),
      format: MATROSKA,
      ...rest,
    }),
  );
}

export const MATROSKA = { format_name: 'matroska,webm', start_time: '0.000000', duration: '60.000000' };

export const video = (more: Json = {}): Json => ({
  codec_type: 'video',
  codec_name: 'hevc',
  width: 16,
  height: 16,
  ...more,
});
