import type { FilmCase, FilmFacts } from '../film-case.ts';
import { AAC, audioFacts, facts, pictureGraph, tone, videoFacts } from '../ingredients.ts';

/** Encoded once, then repeated without encoding. A multiple of the GOP. */
const LOOP_SECONDS = 20;
const RATE = [24, 1] as const;

const SURROUND = 'pan=5.1(side)|FL=c0|FR=c0|FC=c0|LFE=c0|SL=c0|SR=c0';

interface Bench {
  seconds: number;
  gopSeconds: number;
  megabits: number;
}

const TWO: Bench = { seconds: 180, gopSeconds: 2, megabits: 8 };
const TEN: Bench = { seconds: 180, gopSeconds: 10, megabits: 8 };
const SIXTY: Bench = { seconds: 180, gopSeconds: 60, megabits: 8 };
const HEAVY: Bench = { seconds: 80, gopSeconds: 2, megabits: 40 };

/** 1080p24 with two B-frames and just so many bits: noise gives the encoder something to spend them on. */
function loop({ gopSeconds, megabits }: Bench): FilmCase {
  const seconds = loopSecondsOf({ gopSeconds });
  const size = { width: 1920, height: 1080, rate: RATE, seconds };
  const keyint = gopSeconds * RATE[0];
  return {
    extension: '.mp4',
    args: [
      ...[
        '-f',
        'lavfi',
        '-i',
        pictureGraph({ ...size, source: 'testsrc2' }, `,noise=alls=${megabits > 20 ? 40 : 16}:allf=t`),
      ],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params'],
      `bframes=2:b-adapt=0:keyint=${keyint}:min-keyint=${keyint}:scenecut=0:open-gop=0:vbv-maxrate=${megabits * 1000}:vbv-bufsize=${megabits * 1000}`,
      ...['-b:v', `${megabits}M`],
    ],
    facts: factsOf({ seconds, gopSeconds, megabits }, 'mp4'),
  };
}

function loopSecondsOf({ gopSeconds }: Pick<Bench, 'gopSeconds'>): number {
  return Math.max(LOOP_SECONDS, gopSeconds);
}

function factsOf({ seconds, gopSeconds }: Bench, container: FilmFacts['container']) {
  return facts({
    container,
    video: videoFacts({
      width: 1920,
      height: 1080,
      seconds,
      gopSeconds,
      numbersRepeatAfter: loopSecondsOf({ gopSeconds }) * RATE[0],
    }),
    audio: [audioFacts({ endSeconds: seconds })],
  });
}

function repeated(spec: Bench, from: string, extension: '.mkv' | '.mp4', flags: string[] = []): FilmCase {
  return {
    extension,
    from: [from],
    args: [
      ...[
        '-stream_loop',
        String(spec.seconds / loopSecondsOf(spec) - 1),
        '-i',
        '@0',
        ...tone(0, spec.seconds),
      ],
      ...['-map', '0:v', '-map', '1:a', '-c:v', 'copy', ...AAC, ...flags],
    ],
    facts: factsOf(spec, extension === '.mkv' ? 'matroska' : 'mp4'),
  };
}

/** The 8 Mb/s film with AC-3 5.1 as a disc has it, an AAC track, and a second AC-3: the sound alone needs an encoder. */
const AC3: FilmCase = {
  extension: '.mkv',
  from: ['bench-loop-gop2'],
  args: [
    ...['-stream_loop', String(TWO.seconds / LOOP_SECONDS - 1), '-i', '@0'],
    ...[0, 1, 2].flatMap((track) => tone(track, TWO.seconds)),
    ...['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:a', '-c:v', 'copy', '-c:a', 'ac3'],
    ...[
      '-filter:a:0',
      SURROUND,
      '-b:a:0',
      '448k',
      '-c:a:1',
      'aac',
      '-filter:a:2',
      SURROUND,
      '-b:a:2',
      '448k',
    ],
  ],
  facts: factsOf(TWO, 'matroska'),
};

/** 1080p24 in HEVC: the picture needs an encoder, too. */
const HEVC: FilmCase = {
  extension: '.mkv',
  from: ['bench-loop-hevc'],
  args: [
    ...['-stream_loop', String(TWO.seconds / LOOP_SECONDS - 1), '-i', '@0', ...tone(0, TWO.seconds)],
    ...['-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'ac3', '-filter:a', SURROUND, '-b:a', '448k'],
  ],
  facts: factsOf(TWO, 'matroska'),
};

const FASTSTART = ['-movflags', '+faststart'];

/** The benchmark's films: 1080p24, H.264 with B-frames, 8 and 40 Mb/s. Large (180–400 MB): made only when asked for. */
export const BENCH = {
  'bench-loop-gop2': loop(TWO),
  'bench-loop-gop10': loop(TEN),
  'bench-loop-gop60': loop(SIXTY),
  'bench-loop-40m': loop(HEAVY),
  'bench-loop-hevc': {
    extension: '.mkv',
    from: ['bench-loop-gop2'],
    args: [
      ...['-i', '@0', '-map', '0:v', '-c:v', 'libx265', '-preset', 'ultrafast', '-b:v', '6M'],
      ...['-x265-params', `keyint=48:min-keyint=48:scenecut=0:bframes=2:log-level=error`],
    ],
    facts: factsOf(TWO, 'matroska'),
  },
  'bench-ac3-mkv': AC3,
  'bench-hevc-mkv': HEVC,
  'bench-gop2-mkv': repeated(TWO, 'bench-loop-gop2', '.mkv'),
  'bench-gop2-mp4': repeated(TWO, 'bench-loop-gop2', '.mp4', FASTSTART),
  'bench-gop2-moov-at-end': repeated(TWO, 'bench-loop-gop2', '.mp4'),
  /** No index: cuts are looked for. */
  'bench-gop2-ts': {
    extension: '.ts',
    from: ['bench-gop2-mp4'],
    args: ['-i', '@0', '-c', 'copy'],
    facts: factsOf(TWO, 'mpegts'),
  },
  'bench-gop10-mkv': repeated(TEN, 'bench-loop-gop10', '.mkv'),
  'bench-gop10-mp4': repeated(TEN, 'bench-loop-gop10', '.mp4', FASTSTART),
  'bench-gop60-mkv': repeated(SIXTY, 'bench-loop-gop60', '.mkv'),
  'bench-40m-mkv': repeated(HEAVY, 'bench-loop-40m', '.mkv'),
  'bench-40m-mp4': repeated(HEAVY, 'bench-loop-40m', '.mp4', FASTSTART),
} satisfies Record<string, FilmCase>;
