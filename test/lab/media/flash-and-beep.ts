import { type Picture, pictureGraph, SMALL } from './ingredients.ts';

/**
 * Flash-and-beep media: at the same moments the picture below the frame code turns white and every channel of the sound beeps, each at a
 * pitch of its own. What a player shows and sounds then tells how far its picture and its sound are apart, and how loud each channel came out.
 */
export interface FlashAndBeep {
  /** In the order of the file's layout. */
  channels: readonly Channel[];
  /** Film time at which the first cycle begins, seconds. */
  cycleBegins: number;
  /** Film time before which there is no sound, seconds. */
  soundBegins: number;
}

export type Channel = keyof typeof CHANNELS;

/** Each channel's pitch, hertz, and how loud it is (a sine's amplitude): no two are alike, and all of them in one ear do not clip. */
export const CHANNELS = {
  FL: { hz: 440, level: 0.25 },
  FR: { hz: 550, level: 0.2 },
  FC: { hz: 750, level: 0.15 },
  LFE: { hz: 60, level: 0.2 },
  SL: { hz: 1100, level: 0.12 },
  SR: { hz: 1400, level: 0.1 },
  BL: { hz: 1700, level: 0.08 },
  BR: { hz: 2000, level: 0.07 },
} as const;

/** Channels by ffmpeg's names of layouts. */
export const LAYOUTS = {
  mono: ['FC'],
  stereo: ['FL', 'FR'],
  '5.1': ['FL', 'FR', 'FC', 'LFE', 'SL', 'SR'],
  '5.1(side)': ['FL', 'FR', 'FC', 'LFE', 'SL', 'SR'],
  '7.1': ['FL', 'FR', 'FC', 'LFE', 'BL', 'BR', 'SL', 'SR'],
} as const satisfies Record<string, readonly Channel[]>;
export type Layout = keyof typeof LAYOUTS;

/** In every cycle: no two gaps between them are alike, so that a shift from one to the next is noticed. */
const CYCLE_SECONDS = 2;
const EVENTS = [0, 0.5, 1.2] as const;
/** How long it flashes and beeps. */
export const EVENT_SECONDS = 0.2;

/** The times in `[from, to)` at which it flashes and beeps, on the film clock, seconds. */
export function eventsBetween({ cycleBegins }: FlashAndBeep, from: number, to: number): number[] {
  const first = Math.floor((from - cycleBegins) / CYCLE_SECONDS);
  const cycles = Math.max(0, Math.ceil((to - from) / CYCLE_SECONDS) + 1);
  return Array.from({ length: cycles }, (_, n) => cycleBegins + (first + n) * CYCLE_SECONDS)
    .flatMap((begins) => EVENTS.map((event) => begins + event))
    .filter((time) => time >= from && time < to);
}

/** Input arguments of the picture. */
export function flashes(spec: Picture = SMALL, after = ''): string[] {
  const onPattern = `,drawbox=w=iw:h=ih:color=white:t=fill:enable='${during(0.0001)}'`;
  return ['-f', 'lavfi', '-i', pictureGraph({ ...spec, onPattern }, after)];
}

/** Input arguments of the sound. */
export function beeps(layout: Layout, seconds: number, sampleRate = 48_000): string[] {
  const channels = LAYOUTS[layout].map((channel) => {
    const { hz, level } = CHANNELS[channel];
    return `${level}*sin(${2 * hz}*PI*t)*(${during(0)})`;
  });
  const source = `aevalsrc='${channels.join('|')}':c=${layout}:s=${sampleRate}:d=${seconds}`;
  return ['-f', 'lavfi', '-i', source];
}

/** An expression that is 1 during an event. */
function during(slackSeconds: number): string {
  return EVENTS.map((event) => {
    const into = `mod(t+${slackSeconds},${CYCLE_SECONDS})-${event}`;
    return `gte(${into},0)*lt(${into},${EVENT_SECONDS})`;
  }).join('+');
}
