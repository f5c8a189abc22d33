import type { AudioFacts, FilmFacts, VideoFacts } from './film-case.ts';
import { CODE_EXPRESSION, COLUMNS, HEIGHT_SHARE, ROWS } from './frame-code.ts';

export interface Picture {
  width: number;
  height: number;
  rate: readonly [number, number];
  seconds: number;
  /** Another source than ffmpeg's test pattern, and filters after it. */
  source?: string;
  /** Filters on the pattern alone, not on the frame code. */
  onPattern?: string;
}

export const SMALL: Picture = { width: 320, height: 180, rate: [24, 1], seconds: 20 };

/** A lavfi graph: test pattern with the frame code above it. The pattern shows time and frame number to people, too. */
export function pictureGraph(picture: Picture, after = ''): string {
  const { width, height, rate, seconds, source = 'testsrc2', onPattern = '' } = picture;
  const strip = codeHeight(height);
  const timing = `r=${rate.join('/')}:d=${seconds}`;
  const join = source.includes('=') ? ':' : '=';
  return [
    `color=s=${COLUMNS}x${ROWS}:${timing},format=yuv420p,geq=lum='${CODE_EXPRESSION}':cb=128:cr=128,scale=${width}:${strip}:flags=neighbor,setsar=1[code]`,
    `${source}${join}s=${width}x${height - strip}:${timing},format=yuv420p${onPattern}[pattern]`,
    `[code][pattern]vstack${after}`,
  ].join(';');
}

/** Input arguments of a picture. */
export function picture(spec: Picture = SMALL, after = ''): string[] {
  return ['-f', 'lavfi', '-i', pictureGraph(spec, after)];
}

/** Input arguments of a tone: track k plays (k + 1) · 440 Hz. */
export function tone(track: number, seconds: number, sampleRate = 48_000): string[] {
  return [
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=${toneHz(track)}:sample_rate=${sampleRate}:duration=${seconds}`,
  ];
}

export function toneHz(track: number): number {
  return 440 * (track + 1);
}

/** H.264 with three B-frames and exactly the keyframes asked for. */
export function x264(gopSeconds: number, rate = 24, extra = ''): string[] {
  const params = `keyint=${Math.round(gopSeconds * rate)}:min-keyint=1:scenecut=0${extra}`;
  return ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-x264-params', params];
}

export const AAC = ['-c:a', 'aac', '-b:a', '64k', '-ac', '2'];

/** Same bytes from the same ffmpeg: no date, no encoder's name, no random identifiers. */
export const EXACT = ['-fflags', '+bitexact', '-flags', '+bitexact'];

export function videoFacts(changes: Partial<VideoFacts> & { seconds?: number } = {}): VideoFacts {
  const { seconds = SMALL.seconds, ...rest } = changes;
  const rate = rest.rate ?? SMALL.rate;
  return {
    codec: 'h264',
    width: SMALL.width,
    height: SMALL.height,
    rate,
    frames: Math.ceil((seconds * rate[0]) / rate[1]),
    firstNumber: 0,
    numbersRepeatAfter: null,
    gopSeconds: 2,
    frameTimes: null,
    ...rest,
  };
}

export function audioFacts(changes: Partial<AudioFacts> = {}): AudioFacts {
  return { codec: 'aac', toneHz: toneHz(0), startSeconds: 0, endSeconds: SMALL.seconds, ...changes };
}

export function facts(changes: Partial<FilmFacts> = {}): FilmFacts {
  return {
    container: 'matroska',
    health: 'copy',
    video: videoFacts(),
    audio: [audioFacts()],
    chapters: [],
    ...changes,
  };
}

/** The code's height in pixels: even, as 4:2:0 needs. */
function codeHeight(height: number): number {
  return Math.round((height * HEIGHT_SHARE) / 2) * 2;
}
