import type { EncoderStats, SessionView } from '../../../src/session/types.ts';

/** The core's choice: the best picture that comes in time. */
export const AUTO = 'auto';

/** One entry of the quality menu. */
export interface QualityChoice {
  /** `v0`, `v720` …: the rendition in `master.m3u8`; `auto` for the core's choice. */
  rendition: string;
  label: string;
  hint: string;
}

/** The pictures that can be chosen, best first, behind `auto`; none where there is only one. */
export function qualityChoices(view: Pick<SessionView, 'media' | 'decisions'> | null): QualityChoice[] {
  const decision = view?.decisions?.cmaf;
  const stream = view?.media?.video[0];
  const rungs = decision?.rungs ?? [];
  if (!stream || !decision?.video || rungs.length === 0) return [];
  const { target } = decision.video;
  const top: QualityChoice = target
    ? { rendition: 'v0', label: `${nominalHeight(target)}p`, hint: sizeOf(target) }
    : { rendition: 'v0', label: 'Original', hint: `${sizeOf(stream)} · as it is` };
  return [
    { rendition: AUTO, label: 'Auto', hint: 'The best that comes in time' },
    top,
    ...rungs.map(({ rendition, target: rung }) => ({
      rendition,
      label: `${rendition.slice(1)}p`,
      hint: sizeOf(rung),
    })),
  ];
}

/** An encoder's run, as `GET /stats` tells of it. */
export type RunReport = Pick<EncoderStats, 'rendition' | 'speed'>;

/** Why the picture went down a rung. */
export interface StepDown {
  rendition: string;
  reason: string;
}

/**
 * Where to go when the picture stands still for want of data: a rung down, if it is the encoder that is too slow. Never up again: going back and
 * forth costs more than it gives.
 */
export function stepDown(
  choices: readonly QualityChoice[],
  playing: string,
  runs: readonly RunReport[],
): StepDown | null {
  const at = choices.findIndex(({ rendition }) => rendition === playing);
  const [now, below] = [choices[at], choices[at + 1]];
  const speed = runs.find(({ rendition }) => rendition === playing)?.speed ?? null;
  if (!now || !below || speed === null || speed >= 1) return null;
  return {
    rendition: below.rendition,
    reason: `This computer converts ${now.label} at ${speed.toFixed(1)} × real time only, so ${below.label} is played.`,
  };
}

/** What a picture is called by: the lines of the 16:9 that it fits into. */
function nominalHeight({ width, height }: { width: number; height: number }): number {
  return Math.max(height, Math.round((width * 9) / 16));
}

function sizeOf({ width, height }: { width: number; height: number }): string {
  return `${width}×${height}`;
}
