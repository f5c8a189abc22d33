import { RaffiError } from '../../errors.ts';
import type { SourceProcessTools } from '../../ffmpeg/source-process.ts';
import type { ContainerIndex } from '../../plan/types.ts';
import { type MediaInfo, originSecondsOf } from '../../probe/media-info.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { CueReader } from './cue-reader.ts';
import { FfmpegTrackReader } from './ffmpeg-track.ts';
import { openMatroskaTrack } from './matroska-track.ts';
import { openMp4Track } from './mp4-track.ts';

export interface TextTrackOptions {
  source: ByteSource;
  media: MediaInfo;
  /** Null where nothing is known of the container but what ffprobe says. */
  index: ContainerIndex | null;
  tools: SourceProcessTools;
}

/**
 * Opens a text track of a film: in process where the container says where its lines are, else by ffmpeg.
 *
 * @param position among the film's subtitle tracks
 * @throws `subtitle_not_found`, `subtitle_not_text`, `media_damaged`, what the source rejects with, or the signal's reason
 */
export async function openTextTrack(
  { source, media, index, tools }: TextTrackOptions,
  position: number,
  signal: AbortSignal,
): Promise<CueReader> {
  const stream = media.subtitles[position];
  if (!stream) throw noSuchTrack();
  if (!stream.isText) {
    throw new RaffiError(
      'subtitle_not_text',
      `This subtitle track is made of pictures (${stream.codec}) and cannot be shown as text. Choose another one, or add a subtitle file.`,
    );
  }
  const place = { position, count: media.subtitles.length };
  const reader =
    index?.container === 'matroska'
      ? await openMatroskaTrack(source, index, place, signal)
      : index?.container === 'mp4'
        ? await openMp4Track(source, index, place, signal)
        : null;
  if (reader) return reader;
  const originSeconds =
    index && index.container !== 'unindexed' ? index.originSeconds : originSecondsOf(media);
  return new FfmpegTrackReader({ source, streamIndex: stream.streamIndex, originSeconds, tools });
}

export function noSuchTrack(): RaffiError {
  return new RaffiError(
    'subtitle_not_found',
    'The film has no such subtitle track. GET /sessions/{id} lists those it has.',
  );
}
