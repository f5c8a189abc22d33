import { ApiError } from '../api/problem.ts';
import type { Item } from './item.ts';
import type { SessionLink } from './session-link.ts';
import type { SessionNews } from './session-news.svelte.ts';
import { type FileChoice, fileChoices, nextFile } from './torrent-files.ts';

/** The torrent that a film comes from, if it does. */
export class FilmTorrent {
  /** Its films. */
  files: FileChoice[] = $derived.by(() => fileChoices(this.#news.view?.torrent));
  /** What comes after the one that plays; null: nothing. */
  next: FileChoice | null = $derived.by(() => nextFile(this.files, this.#news.view?.torrent));

  readonly #session: SessionLink;
  readonly #news: SessionNews;
  readonly #tell: (text: string) => void;

  constructor(session: SessionLink, news: SessionNews, tell: (text: string) => void) {
    this.#session = session;
    this.#news = news;
    this.#tell = tell;
  }

  /** Has all of the film fetched, or no more of it than plays. Never rejects: where it is refused, the switch stays and the viewer is told. */
  async downloadAll(isWanted: boolean): Promise<void> {
    try {
      await this.#session.downloadAll(isWanted);
      this.#news.downloadsAll(isWanted);
    } catch (thrown) {
      const wish = isWanted ? 'The whole film cannot be downloaded' : 'The download could not be stopped';
      this.#tell(`${wish}. ${thrown instanceof ApiError ? thrown.failure.detail : ''}`.trimEnd());
    }
  }

  /** Another of its films, ready to be played; null when this one was closed meanwhile. Rejects with `ApiError`. */
  openFile(fileIdx: number): Promise<Item | null> {
    const name = this.files.find(({ key }) => key === fileIdx)?.label ?? this.#news.view?.name ?? '';
    return this.#session.openFile(this.#news.view?.source ?? '', fileIdx, name);
  }
}
