import type { Page } from 'playwright-core';

/** What comes out of the player's loudspeakers. */
export interface Heard {
  /** Root mean square of the samples, 0 … 1. */
  rms: number;
  /** The loudest frequency, hertz; to within half a bin of 23 Hz. */
  hz: number;
}

const FFT_SIZE = 2048;
/** Quieter than this is silence, or the start of a tone. */
const AUDIBLE_RMS = 0.005;
const BOUND_MS = 15_000;

/** Listens behind the decoder until there is a tone of about this pitch; then, or after a bound, tells what was heard last. */
export async function hear(page: Page, wantedHz: number): Promise<Heard> {
  return page.evaluate(
    async ({ wantedHz, fftSize, audibleRms, boundMs }) => {
      const video = document.querySelector('video');
      if (video === null) throw new Error('There is no player');
      // A media element has one source node for life.
      const known = Reflect.get(video, 'testAnalyser') as AnalyserNode | undefined;
      const analyser = known ?? analyse(video);
      Reflect.set(video, 'testAnalyser', analyser);
      const samples = new Float32Array(fftSize);
      const spectrum = new Float32Array(analyser.frequencyBinCount);
      const giveUpAt = performance.now() + boundMs;
      for (;;) {
        await new Promise(requestAnimationFrame);
        analyser.getFloatTimeDomainData(samples);
        analyser.getFloatFrequencyData(spectrum);
        const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / fftSize);
        const binHz = analyser.context.sampleRate / fftSize;
        const hz = spectrum.indexOf(Math.max(...spectrum)) * binHz;
        const isIt = rms > audibleRms && Math.abs(hz - wantedHz) <= binHz;
        if (isIt || performance.now() > giveUpAt) return { rms, hz };
      }

      function analyse(element: HTMLVideoElement): AnalyserNode {
        const context = new AudioContext();
        const node = new AnalyserNode(context, { fftSize, smoothingTimeConstant: 0 });
        context.createMediaElementSource(element).connect(node).connect(context.destination);
        return node;
      }
    },
    { wantedHz, fftSize: FFT_SIZE, audibleRms: AUDIBLE_RMS, boundMs: BOUND_MS },
  );
}
