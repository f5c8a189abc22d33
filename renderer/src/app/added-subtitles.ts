import type { SubtitleTrack } from '../../../src/session/types.ts';
import { readLabels } from '../../../src/subtitles/beside/labels.ts';
import { MAX_SUBTITLE_FILE_BYTES } from '../../../src/subtitles/read-subtitle-file.ts';
import type { SubtitleFile } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import { byteSize } from '../player/time.ts';

/** Hands a file over to the film's session. Rejects with `ApiError`. */
export type Upload = (file: SubtitleFile) => Promise<SubtitleTrack>;

/** The subtitle files that were added to a film. They are kept as long as it: a core that crashed comes back without them. */
export class AddedSubtitles {
  readonly #upload: Upload;
  readonly #files: { file: SubtitleFile; index: number }[] = [];

  constructor(upload: Upload) {
    this.#upload = upload;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** Whether the track at this position came from here. */
  has(index: number | null): boolean {
    return this.#files.some((one) => one.index === index);
  }

  /** The track that a file has become, or why it cannot, for a person. Never rejects. */
  async add(file: File): Promise<SubtitleTrack | { refused: string }> {
    if (file.size > MAX_SUBTITLE_FILE_BYTES)
      return { refused: `It is too large for subtitles (${byteSize(file.size)}).` };
    try {
      // Not the file itself: it may be gone by the time that it is needed again.
      const bytes = new Blob([await file.arrayBuffer()]);
      const labelled = { bytes, title: file.name, language: languageIn(file.name) };
      const track = await this.#upload(labelled);
      this.#files.push({ file: labelled, index: track.index });
      return track;
    } catch (thrown) {
      return { refused: thrown instanceof ApiError ? thrown.failure.detail : 'It cannot be read.' };
    }
  }

  /**
   * Adds what a core has lost. Rejects with `ApiError`.
   *
   * @param tracks what it has
   * @returns where each file's track was, and where it is now
   */
  async restore(tracks: readonly SubtitleTrack[]): Promise<Map<number, number>> {
    const moved = new Map<number, number>();
    for (const one of this.#files) {
      const before = one.index;
      const isThere = tracks.some(
        ({ index, isExternal, title }) => isExternal && index === before && title === one.file.title,
      );
      if (!isThere) one.index = (await this.#upload(one.file)).index;
      moved.set(before, one.index);
    }
    return moved;
  }
}

/** The language that a file's name tells, as those beside a film do: `Film.de.srt`. */
function languageIn(name: string): string | null {
  return readLabels(name.replace(/\.\w{1,4}$/, ''), 'end').language;
}
