import { CHANNELS, EVENT_SECONDS } from './media/flash-and-beep.ts';
import { mustFfmpeg } from './tools.ts';

/** Sound as its channels' samples. */
export interface Samples {
  sampleRate: number;
  channels: readonly Float32Array[];
}

/** Steps in which a beep's beginning is looked for: a millisecond. */
const STEP_SECONDS = 0.001;
/** A beep has begun where the sound is as loud as this part of its loudest. */
const ONSET = 0.25;
/** Steps of a beep that may be quiet: where its waves cross zero. */
const LONGEST_DIP = 20;
/** Quieter than this is silence. */
const AUDIBLE = 0.01;
/** Where in a beep its level is measured: behind its attack, before its end. Whole periods of the lowest pitch. */
const LEVEL = { from: 0.05, seconds: 0.1 };

/** ffmpeg's own decode of a film's first sound track, in a number of channels. */
export async function referenceSamples(path: string, channels: number, sampleRate: number): Promise<Samples> {
  const layout = new Map([
    [1, 'mono'],
    [2, 'stereo'],
    [6, '5.1'],
    [8, '7.1'],
  ]).get(channels);
  if (layout === undefined) throw new Error(`A layout of ${channels} channels is not known here`);
  const filters = `aresample=${sampleRate},aformat=sample_fmts=flt:channel_layouts=${layout}`;
  const pcm = await mustFfmpeg([
    ...['-v', 'error', '-i', path, '-map', '0:a:0', '-af', filters, '-f', 'f32le', 'pipe:1'],
  ]);
  const length = Math.floor(pcm.length / (4 * channels));
  return {
    sampleRate,
    channels: Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length }, (_, n) => pcm.readFloatLE(4 * (n * channels + channel))),
    ),
  };
}

/** When beeps begin, seconds from the first sample on. Only those that are heard whole, with silence before them. */
export function beepOnsets(sound: Samples): number[] {
  const step = Math.round(STEP_SECONDS * sound.sampleRate);
  const loudness = envelope(sound, step);
  const threshold = Math.max(AUDIBLE, ONSET * loudness.reduce((most, value) => Math.max(most, value), 0));
  const runs: { first: number; last: number }[] = [];
  for (const [at, value] of loudness.entries()) {
    if (value < threshold) continue;
    const run = runs.at(-1);
    if (run && at - run.last <= LONGEST_DIP) run.last = at;
    else runs.push({ first: at, last: at });
  }
  return runs
    .filter(({ first, last }) => first > LONGEST_DIP && (last - first) * STEP_SECONDS > 0.9 * EVENT_SECONDS)
    .map(({ first }) => (first * step) / sound.sampleRate);
}

/** How loud each pitch is in each channel, averaged over beeps: amplitudes of sines, by channel and by `CHANNELS`' order. */
export function beepLevels({ channels, sampleRate }: Samples, onsets: readonly number[]): number[][] {
  const length = Math.round(LEVEL.seconds * sampleRate);
  return channels.map((samples) =>
    Object.values(CHANNELS).map(({ hz }) => {
      const levels = onsets.map((onset) => {
        const from = Math.round((onset + LEVEL.from) * sampleRate);
        return amplitude(samples.subarray(from, from + length), hz / sampleRate);
      });
      return levels.reduce((sum, level) => sum + level, 0) / levels.length;
    }),
  );
}

/** The loudest sample of any channel in each step. */
function envelope({ channels }: Samples, step: number): number[] {
  const steps = Math.floor((channels[0]?.length ?? 0) / step);
  return Array.from({ length: steps }, (_, at) => {
    let most = 0;
    for (const samples of channels)
      for (let n = at * step; n < (at + 1) * step; n++) most = Math.max(most, Math.abs(samples[n] ?? 0));
    return most;
  });
}

/** Amplitude of a sine in samples, by a Hann-windowed Fourier sum: other pitches do not leak into it. */
function amplitude(samples: Float32Array, cyclesPerSample: number): number {
  let [real, imaginary, weight] = [0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    const angle = 2 * Math.PI * cyclesPerSample * n;
    const sample = window * (samples[n] ?? 0);
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    weight += window;
  }
  return (2 * Math.hypot(real, imaginary)) / weight;
}
