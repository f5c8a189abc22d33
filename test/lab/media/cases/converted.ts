import type { FilmCase } from '../film-case.ts';
import { audioFacts, facts, picture, SMALL, tone, toneHz, videoFacts, x264 } from '../ingredients.ts';

const LONG = { ...SMALL, seconds: 120 };
/** As films have it: the surround channels at the sides, which is not ffmpeg's `5.1`. */
const SURROUND = ['-filter:a:0', 'aformat=channel_layouts=5.1(side)', '-c:a:0', 'ac3', '-b:a:0', '384k'];

/** Films that a window plays only with an encoder's help. */
export const CONVERTED = {
  'ac3-surround-mkv': {
    extension: '.mkv',
    args: [...picture(), ...tone(0, SMALL.seconds), ...x264(2), ...SURROUND],
    facts: facts({ health: 'encoder', audio: [audioFacts({ codec: 'ac3' })] }),
  },
  /** One track to convert, one to copy. */
  'mixed-audio-mkv': {
    extension: '.mkv',
    args: [
      ...picture(LONG),
      ...tone(0, LONG.seconds),
      ...tone(1, LONG.seconds),
      ...['-map', '0:v', '-map', '1:a', '-map', '2:a', ...x264(2), ...SURROUND],
      ...['-c:a:1', 'aac', '-b:a:1', '64k', '-ac:a:1', '2'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'],
      ...['-disposition:a:0', 'default', '-disposition:a:1', '0'],
    ],
    facts: facts({
      health: 'encoder',
      video: videoFacts({ seconds: LONG.seconds }),
      audio: [
        audioFacts({ codec: 'ac3', language: 'eng', isDefault: true, endSeconds: LONG.seconds }),
        audioFacts({ language: 'ger', isDefault: false, toneHz: toneHz(1), endSeconds: LONG.seconds }),
      ],
    }),
  },
  /** Sound alone, in a codec that no window decodes. */
  'alac-m4a': {
    extension: '.m4a',
    args: [...tone(0, SMALL.seconds), '-c:a', 'alac'],
    facts: facts({
      container: 'mp4',
      health: 'encoder',
      video: null,
      audio: [audioFacts({ codec: 'alac' })],
    }),
  },
  /** Long enough that no encoder is through with it before a test is. */
  'mpeg4-long-mkv': {
    extension: '.mkv',
    args: [
      ...picture(LONG),
      ...tone(0, LONG.seconds),
      ...['-c:v', 'mpeg4', '-q:v', '4', '-g', '120', '-c:a', 'libmp3lame'],
    ],
    facts: facts({
      health: 'encoder',
      video: videoFacts({ codec: 'mpeg4', seconds: LONG.seconds, gopSeconds: 5 }),
      audio: [audioFacts({ codec: 'mp3', endSeconds: LONG.seconds })],
    }),
  },
} satisfies Record<string, FilmCase>;
