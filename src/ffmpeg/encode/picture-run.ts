import { isAbort, RaffiError, toRaffiError } from '../../errors.ts';
import type { VideoTarget } from '../../plan/types.ts';
import type { Packet } from '../../remux/packet.ts';
import { type RunInput, type VideoCuts, videoArguments } from './arguments.ts';
import type { EncodedFilm } from './encoded-film.ts';
import { type EncoderFamily, X264 } from './encoders/families.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import { isKilled } from './killed.ts';
import { parameterSets, withParameterSets } from './parameter-sets.ts';
import { encode } from './run.ts';

export interface PictureRun {
  input: Omit<RunInput, 'url'>;
  target: VideoTarget;
  cuts: VideoCuts;
  /** Path of the table that makes the film's colours SDR; null where they are. */
  colourTable: () => Promise<string | null>;
}

/**
 * The runs that encode one picture of a film, each with the encoder that is in use when it starts. One of hardware that dies or goes wrong is given
 * up for good: the next run, which whoever waits makes start, is x264's, in the same place.
 */
export class PictureRuns {
  readonly #film: Pick<EncodedFilm, 'tools' | 'source' | 'pictureEncoder'>;
  /** Of the first run: what the init segment says. */
  #header: EncodedHeader | undefined;

  constructor(film: Pick<EncodedFilm, 'tools' | 'source' | 'pictureEncoder'>) {
    this.#film = film;
  }

  /** Packets of a run. @throws as `encode` does */
  async *packets(
    { input, target, cuts, colourTable }: PictureRun,
    onHeader: (header: EncodedHeader) => void,
    signal: AbortSignal,
  ): AsyncGenerator<Packet, void, void> {
    const { tools, source, pictureEncoder } = this.#film;
    const { family } = pictureEncoder;
    const spec = {
      source,
      arguments: async (url: string) =>
        videoArguments({ url, ...input }, target, cuts, family, await colourTable()),
    };
    let sets: Uint8Array | null = null;
    const heard = (header: EncodedHeader) => {
      this.#header ??= header;
      if (!isSame(header, this.#header)) sets = header.description && parameterSets(header.description);
      onHeader(this.#header);
    };
    try {
      const packets = encode(tools, spec, heard, signal);
      for await (const packet of family === X264 ? packets : checked(packets, cuts, family)) {
        yield sets ? withParameterSets(packet, sets) : packet;
      }
    } catch (error) {
      if (!isAbort(error) && !isKilled(error) && toRaffiError(error).code === 'encoder_failed') {
        pictureEncoder.demote(
          family,
          `${family.label} failed while a film was playing: ${toRaffiError(error).message}`,
        );
      }
      throw error;
    }
  }
}

function isSame({ description: a }: EncodedHeader, { description: b }: EncodedHeader): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

/** What a driver may do whatever it was told: reorder pictures, leave some out at a cut. @throws `encoder_failed` */
async function* checked(
  packets: AsyncIterable<Packet>,
  { keyframes, frameSeconds }: VideoCuts,
  { label }: EncoderFamily,
): AsyncGenerator<Packet, void, void> {
  let cut = 0;
  let last = Number.NEGATIVE_INFINITY;
  for await (const packet of packets) {
    const { ptsSeconds, isKey } = packet;
    if (ptsSeconds <= last) throw wrong(`${label} changed the order of the pictures.`);
    last = ptsSeconds;
    const isAtCut = ptsSeconds >= (keyframes[cut] ?? Number.POSITIVE_INFINITY) - frameSeconds / 2;
    if (isAtCut && !isKey) throw wrong(`${label} put no keyframe where one was wanted.`);
    if (isAtCut) cut += 1;
    yield packet;
  }
}

function wrong(what: string): RaffiError {
  return new RaffiError('encoder_failed', `The film could not be converted while playing. ${what}`);
}
