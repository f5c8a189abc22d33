import type { FilmCase } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, SMALL, tone, videoFacts, x264 } from '../ingredients.ts';

const SECONDS = SMALL.seconds;
/** HEVC, VP9 and AV1 encoders are slow: a shorter film. */
const SHORT = { ...SMALL, seconds: 12 };
const copy0 = ['-i', '@0', '-map', '0', '-c', 'copy'];
const OPUS = ['-c:a', 'libopus', '-b:a', '64k', '-ac', '2'];

function h264With(codec: string, encoder: string[], health: 'copy' | 'encoder' = 'copy'): FilmCase {
  return {
    extension: '.mkv',
    args: [...picture(), ...tone(0, SECONDS), ...x264(2), ...encoder],
    facts: facts({ health, audio: [audioFacts({ codec })] }),
  };
}

function short(codec: string, encoder: string[], audio: 'aac' | 'opus'): FilmCase {
  return {
    extension: audio === 'aac' ? '.mkv' : '.webm',
    args: [...picture(SHORT), ...tone(0, SHORT.seconds), ...encoder, ...(audio === 'aac' ? AAC : OPUS)],
    facts: facts({
      video: videoFacts({ codec, seconds: SHORT.seconds }),
      audio: [audioFacts({ codec: audio, endSeconds: SHORT.seconds })],
    }),
  };
}

const hevc = short(
  'hevc',
  [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=error:bframes=3:keyint=48:min-keyint=48:scenecut=0:open-gop=0',
  ],
  'aac',
);
const vp9 = short(
  'vp9',
  [
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '300k',
    '-g',
    '48',
    '-keyint_min',
    '48',
    '-row-mt',
    '1',
  ],
  'opus',
);
const av1 = short('av1', ['-c:v', 'libsvtav1', '-preset', '12', '-g', '48', '-crf', '45'], 'opus');
const opus = h264With('opus', OPUS);

/** Codecs: what players copy, and what needs an encoder. */
export const CODECS = {
  'hevc-aac-mkv': hevc,
  'hevc-aac-mp4': {
    extension: '.mp4',
    from: ['hevc-aac-mkv'],
    args: [...copy0, '-tag:v', 'hvc1'],
    facts: { ...hevc.facts, container: 'mp4' },
  },
  'vp9-opus-webm': vp9,
  'av1-opus-webm': av1,
  'av1-opus-mp4': {
    extension: '.mp4',
    from: ['av1-opus-webm'],
    args: copy0,
    facts: { ...av1.facts, container: 'mp4' },
  },
  'h264-mp3-mkv': h264With('mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']),
  'h264-flac-mkv': h264With('flac', ['-c:a', 'flac']),
  'h264-opus-mkv': opus,
  'h264-opus-mp4': {
    extension: '.mp4',
    from: ['h264-opus-mkv'],
    args: copy0,
    facts: { ...opus.facts, container: 'mp4' },
  },
  'h264-ac3-mkv': h264With('ac3', ['-c:a', 'ac3', '-b:a', '192k', '-ac', '6'], 'encoder'),
  'h264-eac3-mkv': h264With('eac3', ['-c:a', 'eac3', '-b:a', '192k', '-ac', '6'], 'encoder'),
  /** 10-bit H.264 (High 10), as anime releases had it: no browser decodes it in hardware, many not at all. */
  'h264-10bit-mkv': {
    extension: '.mkv',
    args: [...picture(), ...tone(0, SECONDS), ...x264(2), '-pix_fmt', 'yuv420p10le', ...AAC],
    facts: facts({ health: 'encoder' }),
  },
  /** MPEG-4 part 2 ("Xvid") with MP3: no browser plays the picture. */
  'mpeg4-mp3-mkv': {
    extension: '.mkv',
    args: [...picture(), ...tone(0, SECONDS), '-c:v', 'mpeg4', '-q:v', '4', '-g', '48', '-c:a', 'libmp3lame'],
    facts: facts({
      health: 'encoder',
      video: videoFacts({ codec: 'mpeg4' }),
      audio: [audioFacts({ codec: 'mp3' })],
    }),
  },
} satisfies Record<string, FilmCase>;
