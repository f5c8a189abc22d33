/** A place in a film: film time, seconds, and where its bytes are, counted from the file's beginning. */
export interface TimedByte {
  seconds: number;
  offset: number;
}

/**
 * Which bytes of a file hold which seconds of film. Between the places that are known the bit rate is taken for constant. Offsets never fall as
 * time goes on, whatever order a container keeps its keyframes in.
 */
export class ByteTimeline {
  readonly #seconds: Float64Array;
  readonly #offsets: Float64Array;

  /** `places`: at least one, in any order. The last one in time is the film's end. */
  constructor(places: readonly TimedByte[]) {
    const sorted = places.toSorted((a, b) => a.seconds - b.seconds);
    this.#seconds = Float64Array.from(sorted, ({ seconds }) => seconds);
    let furthest = 0;
    this.#offsets = Float64Array.from(sorted, ({ offset }) => {
      furthest = Math.max(furthest, offset);
      return furthest;
    });
  }

  /** Of a film of which nothing is known but how long it is: its mean bit rate. */
  static even(durationSeconds: number, sizeBytes: number): ByteTimeline {
    return new ByteTimeline([
      { seconds: 0, offset: 0 },
      { seconds: durationSeconds, offset: sizeBytes },
    ]);
  }

  /** Where the film is at a time; times outside it are taken for its beginning or its end. O(log n). */
  offsetAt(seconds: number): number {
    return Math.floor(interpolate(this.#seconds, this.#offsets, seconds));
  }

  /** Film time of a byte. Of bytes that several times share, such as one keyframe's, the latest. O(log n). */
  secondsAt(offset: number): number {
    return interpolate(this.#offsets, this.#seconds, offset);
  }
}

/** The value of `to` at the place where `from` reaches `wanted`. Both rise. */
function interpolate(from: Float64Array, to: Float64Array, wanted: number): number {
  let low = 0;
  let high = from.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((from[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  const [before = 0, after] = [from[low], from[low + 1]];
  const [value = 0, next] = [to[low], to[low + 1]];
  if (after === undefined || next === undefined || wanted <= before) return value;
  return value + ((next - value) * (wanted - before)) / (after - before);
}
