import type { FilmCase } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, SMALL, tone, videoFacts, x264 } from '../ingredients.ts';

const copy0 = ['-i', '@0', '-map', '0', '-c', 'copy'];
const inTs = (changes: Parameters<typeof facts>[0] = {}) => facts({ container: 'mpegts', ...changes });
const irregular = inTs({ video: videoFacts({ gopSeconds: null }) });
/** 2^33 ticks of 90 kHz, and five seconds less. */
const BEFORE_WRAP_SECONDS = '95438.7';

/** Two minutes, so that no player has fetched them all when it seeks, with keyframes half a second to four seconds apart. */
const LONG_SECONDS = 120;
const longKeyframes = (): string => {
  const times: number[] = [];
  for (let time = 0, n = 0; time < LONG_SECONDS; n++, time += [2, 0.5, 4, 1.25, 3][n % 5] ?? 2)
    times.push(time);
  return times.join(',');
};

/** Transport streams: what televisions, camcorders and discs leave behind. They keep no index. */
export const BROADCASTS = {
  /** Groups of half a second to seven: no cut lies where it was guessed. */
  'ts-irregular-gop': { extension: '.ts', from: ['irregular-gop-mkv'], args: copy0, facts: irregular },
  'ts-long': {
    extension: '.ts',
    args: [
      ...picture({ ...SMALL, seconds: LONG_SECONDS }),
      ...tone(0, LONG_SECONDS),
      ...[...x264(4), '-force_key_frames', longKeyframes()],
      ...AAC,
    ],
    facts: inTs({
      video: videoFacts({ seconds: LONG_SECONDS, gopSeconds: null }),
      audio: [audioFacts({ endSeconds: LONG_SECONDS })],
    }),
  },
  /** As Blu-ray discs and camcorders have it: 192 bytes a packet. */
  m2ts: {
    extension: '.m2ts',
    from: ['mpegts'],
    args: [...copy0, '-mpegts_m2ts_mode', '1', '-f', 'mpegts'],
    facts: inTs(),
  },
  /** The clock starts again after five seconds. */
  'ts-wrap': {
    extension: '.ts',
    from: ['mpegts'],
    args: [...copy0, '-output_ts_offset', BEFORE_WRAP_SECONDS, '-f', 'mpegts'],
    facts: inTs(),
  },
  'ts-hevc': {
    extension: '.ts',
    args: [
      ...picture(),
      ...tone(0, SMALL.seconds),
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
      'log-level=error:bframes=3:keyint=48:min-keyint=48:scenecut=0:open-gop=0',
      ...AAC,
    ],
    facts: inTs({ video: videoFacts({ codec: 'hevc' }) }),
  },
  'ts-mp3': {
    extension: '.ts',
    args: [...picture(), ...tone(0, SMALL.seconds, 44_100), ...x264(1), '-c:a', 'libmp3lame', '-ac', '2'],
    facts: inTs({ video: videoFacts({ gopSeconds: 1 }), audio: [audioFacts({ codec: 'mp3' })] }),
  },
  /** Its sound is encoded, its picture is not. */
  'ts-ac3': {
    extension: '.ts',
    from: ['irregular-gop-mkv'],
    args: ['-i', '@0', '-c:v', 'copy', '-c:a', 'ac3', '-b:a', '192k', '-ac', '2'],
    facts: inTs({ ...irregular, health: 'encoder', audio: [audioFacts({ codec: 'ac3' })] }),
  },
  /** One IDR picture, then only recovery points: nowhere a browser could begin. */
  'ts-open-gop': {
    extension: '.ts',
    args: [...picture(), ...tone(0, SMALL.seconds), ...x264(2, 24, ':open-gop=1'), ...AAC],
    facts: inTs({ health: 'encoder', video: videoFacts({ gopSeconds: null }) }),
  },
} satisfies Record<string, FilmCase>;
