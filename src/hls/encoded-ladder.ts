import type { Rung } from '../plan/types.ts';
import { withPicture } from './delivered-media.ts';
import { encodedPicture } from './encoded-picture.ts';
import { type EncodingReaderOptions, encodedFilm } from './encoding-reader.ts';
import type { Picture } from './packager.ts';

/** The smaller pictures of a film's ladder, by rendition: each has an encoder of its own, which runs only while that rung is asked for. */
export function encodedLadder(options: EncodingReaderOptions): Map<Rung['rendition'], Picture> {
  const { media, decision, id: family } = options;
  const [stream] = media.video;
  if (!stream) return new Map();
  const film = encodedFilm(options);
  const pictureOf = ({ rendition, target }: Rung): Picture => ({
    reader: encodedPicture({ ...options, ...film, family, rendition, stream }, target),
    media: withPicture(media, target),
  });
  return new Map((decision.rungs ?? []).map((rung) => [rung.rendition, pictureOf(rung)]));
}
