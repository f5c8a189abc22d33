import type { FilmCase } from '../film-case.ts';
import {
  AAC,
  audioFacts,
  EXACT,
  facts,
  picture,
  pictureGraph,
  SMALL,
  tone,
  videoFacts,
  x264,
} from '../ingredients.ts';

const SECONDS = SMALL.seconds;
const copy0 = ['-i', '@0', '-map', '0', '-c', 'copy'];
const inMp4 = (film: FilmCase): FilmCase['facts'] => ({ ...film.facts, container: 'mp4' });

/** A film whose sound spans `[from, to)` of film time. */
function soundFromTo(from: number, to: number): FilmCase {
  return {
    extension: '.mkv',
    args: [...picture(), '-itsoffset', String(from), ...tone(0, to - from), ...x264(2), ...AAC],
    facts: facts({ audio: [audioFacts({ startSeconds: from, endSeconds: to })] }),
  };
}
const late3 = soundFromTo(3, SECONDS);
const late9 = soundFromTo(9, SECONDS);
const endsEarly = soundFromTo(0, 11);
const longer = soundFromTo(0, SECONDS + 7);

/**
 * VFR: of a 24 fps picture every second frame in the first 5 s, all to 10 s, then three of four; and a still picture of 2 s
 * from 14 s on (a slide).
 */
const keepsFrame = (n: number) => {
  if (n < 120) return n % 2 === 0;
  if (n < 240) return true;
  if (n >= 337 && n < 384) return false;
  return n % 4 !== 3;
};
const vfrFrames = Array.from({ length: SECONDS * 24 }, (_, n) => n)
  .filter(keepsFrame)
  .map((number) => ({ timeSeconds: number / 24, number }));
const vfrSelect =
  "select='if(lt(n,120),not(mod(n,2)),if(lt(n,240),1,if(between(n,337,383),0,lt(mod(n,4),3))))'";
const vfr = facts({
  video: videoFacts({ frames: vfrFrames.length, frameTimes: vfrFrames, gopSeconds: null }),
});

/** A day of one frame per second; made without filter threads, which would cost ten times the work itself. */
const DAY = 86_400;
const dayFacts = facts({
  video: videoFacts({ width: 64, height: 36, rate: [1, 1], seconds: DAY, gopSeconds: 5 }),
  audio: [audioFacts({ toneHz: null, endSeconds: DAY })],
});

/** Clocks: when tracks begin and end, and what the container's timestamps are. */
export const TIMING = {
  'vfr-mkv': {
    extension: '.mkv',
    args: [...picture(SMALL, `,${vfrSelect}`), ...tone(0, SECONDS), ...x264(2), ...AAC, '-fps_mode', 'vfr'],
    facts: vfr,
  },
  'vfr-mp4': { extension: '.mp4', from: ['vfr-mkv'], args: copy0, facts: { ...vfr, container: 'mp4' } },
  'audio-late-3-mkv': late3,
  'audio-late-3-mp4': { extension: '.mp4', from: ['audio-late-3-mkv'], args: copy0, facts: inMp4(late3) },
  'audio-late-9-mkv': late9,
  'audio-late-9-mp4': { extension: '.mp4', from: ['audio-late-9-mkv'], args: copy0, facts: inMp4(late9) },
  'audio-ends-early-mkv': endsEarly,
  'audio-ends-early-mp4': {
    extension: '.mp4',
    from: ['audio-ends-early-mkv'],
    args: copy0,
    facts: inMp4(endsEarly),
  },
  'audio-longer-mkv': longer,
  'audio-longer-mp4': { extension: '.mp4', from: ['audio-longer-mkv'], args: copy0, facts: inMp4(longer) },
  /** Cut losslessly at 3.125 s: the GOP from 2 s on is there, hidden by an edit list. */
  'edit-list-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    args: ['-ss', '3.125', '-i', '@0', '-c', 'copy'],
    facts: facts({
      container: 'mp4',
      video: videoFacts({ frames: 480 - 75, firstNumber: 75, gopSeconds: null }),
      audio: [audioFacts({ endSeconds: SECONDS - 3.125 })],
    }),
  },
  'start-offset-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [...copy0, '-output_ts_offset', '5'],
    facts: facts(),
  },
  'start-offset-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    args: [...copy0, '-output_ts_offset', '5'],
    facts: facts({ container: 'mp4' }),
  },
  /** The sound's priming lies below zero: blocks with negative timestamps, which demuxers treat as unknown or as they are. */
  'negative-start-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [...copy0, '-output_ts_offset', '-0.021', '-avoid_negative_ts', 'disabled'],
    facts: facts(),
  },
  'day-long-mkv': {
    extension: '.mkv',
    before: [
      {
        name: 'silence.m4a',
        // 5000 AAC frames of 1024 samples at 8 kHz: exactly 640 s, so that 135 of them are exactly a day.
        args: ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=639.9', '-c:a', 'aac', '-b:a', '8k', ...EXACT],
      },
    ],
    args: [
      ...['-filter_complex_threads', '1', '-stream_loop', '134', '-i', '%0'],
      ...dayPicture(),
      ...['-map', '[v]', '-map', '0:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'],
      ...['-x264-params', 'bframes=2:keyint=5:min-keyint=5:scenecut=0', '-c:a', 'copy'],
    ],
    facts: dayFacts,
  },
  'day-long-mp4': {
    extension: '.mp4',
    from: ['day-long-mkv'],
    args: copy0,
    facts: { ...dayFacts, container: 'mp4' },
  },
} satisfies Record<string, FilmCase>;

function dayPicture(): string[] {
  const spec = { width: 64, height: 36, rate: [1, 1] as const, seconds: DAY, source: 'color=c=teal' };
  return ['-filter_complex', pictureGraph(spec, '[v]')];
}
