import type { FilmCase, FilmFacts } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, SMALL, tone, toneHz, videoFacts, x264 } from '../ingredients.ts';

const SECONDS = 12;
const SHORT = { ...SMALL, seconds: SECONDS };
const FIELDS = { ...SHORT, rate: [25, 1] as const };
const NARROW = { ...SHORT, width: 240 };

/**
 * Six channels of one tone, each as loud as no other, so that a channel that is lost or swapped is heard in the level of a downmix. AC-3's own
 * layout, with the surrounds at the side.
 */
const SURROUND = [
  ...['-f', 'lavfi', '-i'],
  `aevalsrc=${[0.2, 0.1, 0.08, 0.02, 0.12, 0.05].map((level) => `${level}*sin(${2 * toneHz(0)}*PI*t)`).join('|')}:c=5.1(side):s=48000:d=${SECONDS}`,
];

function sound(
  codec: string,
  encoder: string[],
  input = SURROUND,
  extension = '.mkv',
  container: FilmFacts['container'] = 'matroska',
): FilmCase {
  return {
    extension,
    args: [...picture(SHORT), ...input, ...x264(2), ...encoder],
    facts: facts({
      container,
      health: 'encoder',
      video: videoFacts({ seconds: SECONDS }),
      audio: [audioFacts({ codec, endSeconds: SECONDS })],
    }),
  };
}

function image(codec: string, from: typeof SHORT, encoder: string[], after = '', audio = AAC): FilmCase {
  const { width, height, rate, seconds } = from;
  return {
    extension: '.mkv',
    args: [...picture(from, after), ...tone(0, SECONDS), ...encoder, ...audio],
    facts: facts({
      health: 'encoder',
      video: videoFacts({ codec, width, height, rate, seconds }),
      audio: [audioFacts({ endSeconds: SECONDS })],
    }),
  };
}

function x265(params: string): string[] {
  return [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
    `log-level=error:bframes=3:keyint=48:min-keyint=48:scenecut=0:${params}`,
  ];
}

const stereo = tone(0, SECONDS, 44_100);
const vp8 = image(
  'vp8',
  SHORT,
  ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '48'],
  '',
  ['-c:a', 'libvorbis', '-ac', '2'],
);

/** What no browser plays: each film has a sound or a picture that only an encoder makes playable. */
export const ENCODER = {
  'ac3-side-mkv': sound('ac3', ['-c:a', 'ac3', '-b:a', '448k']),
  'eac3-side-mkv': sound('eac3', ['-c:a', 'eac3', '-b:a', '448k']),
  'dts-mkv': sound('dts', ['-c:a', 'dca', '-strict', '-2', '-b:a', '768k']),
  'truehd-mkv': sound('truehd', ['-c:a', 'truehd', '-strict', '-2']),
  'pcm-mov': sound('pcm_s16le', ['-c:a', 'pcm_s16le', '-ac', '2'], stereo, '.mov', 'mp4'),
  'alac-mp4': sound('alac', ['-c:a', 'alac', '-ac', '2'], stereo, '.mp4', 'mp4'),
  'vorbis-mkv': sound('vorbis', ['-c:a', 'libvorbis', '-ac', '2'], stereo),
  'mp2-mkv': sound('mp2', ['-c:a', 'mp2', '-b:a', '192k', '-ac', '1'], stereo),
  'hevc-hdr10-mkv': image('hevc', SHORT, [
    ...x265('open-gop=0:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1'),
    ...['-pix_fmt', 'yuv420p10le'],
    ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
  ]),
  'hevc-open-gop-mkv': image('hevc', SHORT, x265('open-gop=1')),
  /** Marked as fields, and coded so; every picture is whole, for its number to be read. */
  'mpeg2-fields-mkv': image(
    'mpeg2video',
    FIELDS,
    ['-c:v', 'mpeg2video', '-q:v', '3', '-g', '25', '-bf', '2', '-flags', '+ildct+ilme'],
    ',setfield=tff',
  ),
  'mpeg4-anamorphic-mkv': image('mpeg4', NARROW, ['-c:v', 'mpeg4', '-q:v', '3', '-g', '48'], ',setsar=4/3'),
  'vp8-vorbis-webm': {
    ...vp8,
    extension: '.webm',
    facts: { ...vp8.facts, audio: [audioFacts({ codec: 'vorbis', endSeconds: SECONDS })] },
  },
} satisfies Record<string, FilmCase>;
