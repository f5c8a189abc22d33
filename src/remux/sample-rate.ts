/** FLAC's highest (RFC 9639 §9.1.2); no other codec has more. */
const MAX_SAMPLE_RATE = 655_350;

/** Whether a container's word for a sample rate, in hertz, can be one. It becomes a clock's timescale, and sets how long a frame is. */
export function isSampleRate(rate: number): boolean {
  return rate >= 1 && rate <= MAX_SAMPLE_RATE;
}
