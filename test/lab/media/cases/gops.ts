import type { FilmCase } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, SMALL, tone, videoFacts, x264 } from '../ingredients.ts';

const base = (seconds = SMALL.seconds) => [...picture({ ...SMALL, seconds }), ...tone(0, seconds)];
const longGop = facts({
  video: videoFacts({ seconds: 40, gopSeconds: 10 }),
  audio: [audioFacts({ endSeconds: 40 })],
});

function atRate(rate: readonly [number, number], extra = ''): string[] {
  const perSecond = Math.round(rate[0] / rate[1]);
  return [...picture({ ...SMALL, rate }), ...tone(0, SMALL.seconds), ...x264(2, perSecond, extra), ...AAC];
}

const LARGE = { ...SMALL, width: 1280, height: 960, seconds: 16 };

/** Groups of pictures and frame rates. */
export const GOPS = {
  /** Large enough to have smaller pictures below it. */
  'large-mkv': {
    extension: '.mkv',
    args: [...picture(LARGE, ',setsar=1'), ...tone(0, LARGE.seconds), ...x264(2), ...AAC],
    facts: facts({
      video: videoFacts({ width: LARGE.width, height: LARGE.height, seconds: LARGE.seconds }),
      audio: [audioFacts({ endSeconds: LARGE.seconds })],
    }),
  },
  'gop2-mkv': { extension: '.mkv', args: [...base(), ...x264(2), ...AAC], facts: facts() },
  'gop2-mp4': {
    extension: '.mp4',
    args: [...base(), ...x264(2), ...AAC, '-movflags', '+faststart'],
    facts: facts({ container: 'mp4' }),
  },
  'gop2-mov': {
    extension: '.mov',
    from: ['gop2-mp4'],
    args: ['-i', '@0', '-c', 'copy'],
    facts: facts({ container: 'mp4' }),
  },
  'gop10-mkv': { extension: '.mkv', args: [...base(40), ...x264(10), ...AAC], facts: longGop },
  'gop10-mp4': {
    extension: '.mp4',
    args: [...base(40), ...x264(10), ...AAC, '-movflags', '+faststart'],
    facts: { ...longGop, container: 'mp4' },
  },
  'open-gop-mkv': {
    extension: '.mkv',
    args: [...base(), ...x264(2, 24, ':open-gop=1'), ...AAC],
    facts: facts({ video: videoFacts({ gopSeconds: null }) }),
  },
  'open-gop-mp4': {
    extension: '.mp4',
    from: ['open-gop-mkv'],
    args: ['-i', '@0', '-c', 'copy'],
    facts: facts({ container: 'mp4', video: videoFacts({ gopSeconds: null }) }),
  },
  /** Keyframes where a scene change puts them: 0.5 s to 7 s apart. */
  'irregular-gop-mkv': {
    extension: '.mkv',
    args: [...base(), ...x264(20), ...AAC, '-force_key_frames', '0.5,1,3.25,3.5,10.5,13,19.75'],
    facts: facts({ video: videoFacts({ gopSeconds: null }) }),
  },
  'no-b-frames-mkv': { extension: '.mkv', args: [...base(), ...x264(2), '-bf', '0', ...AAC], facts: facts() },
  'no-b-frames-mp4': {
    extension: '.mp4',
    from: ['no-b-frames-mkv'],
    args: ['-i', '@0', '-c', 'copy'],
    facts: facts({ container: 'mp4' }),
  },
  'fps29.97-mkv': {
    extension: '.mkv',
    args: atRate([30000, 1001]),
    facts: facts({ video: videoFacts({ rate: [30000, 1001], gopSeconds: 2.002 }) }),
  },
  'fps23.976-mp4': {
    extension: '.mp4',
    args: atRate([24000, 1001]),
    facts: facts({ container: 'mp4', video: videoFacts({ rate: [24000, 1001], gopSeconds: 2.002 }) }),
  },
  'fps50-mkv': {
    extension: '.mkv',
    args: atRate([50, 1]),
    facts: facts({ video: videoFacts({ rate: [50, 1] }) }),
  },
} satisfies Record<string, FilmCase>;
