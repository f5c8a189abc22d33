import type { ByteSource } from '../../source/byte-source.ts';
import type { ColourTables } from '../tone-map/colour-tables.ts';
import type { FfmpegTools } from '../tools.ts';
import type { Encoders } from './encoders/encoders.ts';
import type { EncoderSlots } from './slots.ts';
import type { EncodedTrackOptions } from './track-options.ts';

/** What encoded tracks of a film have in common. */
export interface EncodedFilm extends Pick<EncodedTrackOptions, 'store' | 'cuts' | 'firstSegment' | 'now'> {
  /** Prefix of the film's keys in the store. */
  id: string;
  tools: FfmpegTools;
  colourTables: ColourTables;
  slots: { video: EncoderSlots; audio: EncoderSlots };
  /** Which encoder pictures get. */
  pictureEncoder: Pick<Encoders, 'family' | 'demote'>;
  source: ByteSource;
  /** Container time of film time 0, seconds. */
  originSeconds: number;
}
