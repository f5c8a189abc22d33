import { beepLevels, beepOnsets, type Samples } from '../lab/beeps.ts';
import {
  CHANNELS,
  type Channel,
  EVENT_SECONDS,
  eventsBetween,
  type FlashAndBeep,
} from '../lab/media/flash-and-beep.ts';
import { decodeFrameNumber, frameTime, type VideoFacts } from '../lab/media/index.ts';
import { FRAME, type Recording } from './record.ts';

/** What was shown and heard of a stretch of flash-and-beep media, beside what the film holds there. */
export interface Judgement {
  /** Frames that were shown, and those that are not the ones of their time. */
  frames: number;
  wrongFrames: string[];
  /** How much later than the film says a flash is shown, and a beep sounds: medians, seconds. NaN where there was none. */
  flashLate: number;
  beepLate: number;
  /** The loudness of each channel beside the reference's, decibels. */
  decibels: Partial<Record<Channel, number>>;
}

/** A film as it was made. */
export interface FlashAndBeepFilm extends FlashAndBeep {
  video: VideoFacts;
}

/** So much of a frame it may be late: a file that is played as it is may begin with a few milliseconds of its sound's priming. */
const LATE_FRAMES = 0.75;
/** A pitch that is quieter than this in a channel is not looked at there. */
const PRESENT = 0.01;
/** How far from an event a beep can be taken for it: less than half of the shortest gap. */
const NEAR_SECONDS = 0.24;

export function judge(recording: Recording, film: FlashAndBeepFilm, reference: Samples): Judgement {
  const frames = recording.frames.map(({ mediaTime, pixels }) => {
    const number = decodeFrameNumber(pixels, FRAME.width, FRAME.height);
    const dueSeconds = number === null ? Number.NaN : frameTime(film.video, number - film.video.firstNumber);
    return { mediaTime, number, dueSeconds, lateSeconds: mediaTime - dueSeconds, isFlash: isBright(pixels) };
  });
  const onsets = beepOnsets(recording);
  return {
    frames: frames.length,
    wrongFrames: frames
      .filter(({ lateSeconds }) => !(Math.abs(lateSeconds) < LATE_FRAMES * frameSecondsOf(film)))
      .map(({ mediaTime, number }) => `${number} at ${mediaTime.toFixed(3)} s`),
    flashLate: median(
      frames
        .filter(({ dueSeconds, isFlash }) => isFlash && flashesAt(film, dueSeconds))
        .map(({ lateSeconds }) => lateSeconds),
    ),
    beepLate: lateness(
      onsets.flatMap((onset) => mediaTimeOf(recording, onset)),
      film,
    ),
    decibels: beside(beepLevels(recording, onsets), beepLevels(reference, beepOnsets(reference)), film),
  };
}

/** The lower half's middle is white. */
function isBright(pixels: Uint8Array): boolean {
  const at = 4 * (Math.floor(0.75 * FRAME.height) * FRAME.width + FRAME.width / 2);
  return (pixels[at + 1] ?? 0) > 128;
}

/** Whether a frame of the film, by its time, is one of a flash's. */
function flashesAt(film: FlashAndBeep, seconds: number): boolean {
  return (
    eventsBetween(film, seconds - EVENT_SECONDS + ROUNDING_SECONDS, seconds + ROUNDING_SECONDS).length > 0
  );
}

const ROUNDING_SECONDS = 0.001;

function frameSecondsOf({ video: { rate } }: FlashAndBeepFilm): number {
  return rate[1] / rate[0];
}

/** Around a beep's beginning, seconds. */
const AROUND = { before: 0.15, after: 0.35 };
/** The two clocks are read at the same time, but one of them moves in steps. */
const STEADY_SECONDS = 0.012;

/**
 * Film time of a moment of the recording, by what the film's clock was around it; none where that clock faltered, as it does when a busy machine
 * leaves the player without sound for a while.
 */
function mediaTimeOf({ clock, beginsAt }: Recording, seconds: number): number[] {
  const at = beginsAt + seconds;
  const offsets = clock
    .filter(({ audioSeconds }) => audioSeconds > at - AROUND.before && audioSeconds < at + AROUND.after)
    .map(({ audioSeconds, mediaSeconds }) => mediaSeconds - audioSeconds);
  const offset = median(offsets);
  return offsets.every((other) => Math.abs(other - offset) < STEADY_SECONDS) ? [at + offset] : [];
}

/** How much later than their events beeps begin. */
function lateness(times: readonly number[], film: FlashAndBeep): number {
  return median(
    times.flatMap((time) => {
      const events = eventsBetween(film, time - NEAR_SECONDS, time + NEAR_SECONDS);
      return events.map((event) => time - event);
    }),
  );
}

/** Each channel by its own pitch, over all channels that the player puts out; a swapped one is found where it was not looked for. */
function beside(
  levels: readonly number[][],
  reference: readonly number[][],
  film: FlashAndBeep,
): Judgement['decibels'] {
  const pitches = Object.keys(CHANNELS) as Channel[];
  const found: Judgement['decibels'] = {};
  for (const channel of film.channels) {
    const pitch = pitches.indexOf(channel);
    for (const [output, wanted] of reference.entries()) {
      if ((wanted[pitch] ?? 0) < PRESENT) continue;
      const decibels = 20 * Math.log10((levels[output]?.[pitch] ?? 0) / (wanted[pitch] ?? 1));
      const worst = found[channel];
      if (worst === undefined || Math.abs(decibels) > Math.abs(worst)) found[channel] = decibels;
    }
  }
  return found;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
