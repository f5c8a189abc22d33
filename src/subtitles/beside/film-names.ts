import { episodeOf } from './episode.ts';

/** A stranger chooses the names: no longer ones are compared, and no more films of one name. Both are more than there is. */
const MAX_WORDS = 40;
const MAX_ALIKE = 50;

/** Why a file belongs to the film; `name`: it is called like it, and `rest` is what its name says beyond that. */
export type Belonging = { by: 'name'; rest: string } | { by: 'folder' | 'episode' | 'place' };

interface FilmPlace {
  /** Without the extension, in words. */
  key: string;
  folders: string[];
  episode: string | null;
}

/** The films among some files, by all that another file can be told to belong to one by. */
export class FilmNames {
  readonly #film: FilmPlace;
  readonly #byKey = new Map<string, FilmPlace[]>();
  readonly #byEpisode = new Map<string, FilmPlace[]>();
  /** By folder: the films in it and below; the first two are enough to know. */
  readonly #inFolder = new Map<string, FilmPlace[]>();

  /** @param film the one that is asked about, whether or not it is among `films` */
  constructor(film: string, films: readonly string[]) {
    this.#film = placeOf(film);
    this.#add(this.#film);
    const isSame = (path: string) =>
      path.normalize('NFC').toLowerCase() === film.normalize('NFC').toLowerCase();
    // Some systems find a file by a name that is written otherwise in its folder.
    for (const other of films) if (!isSame(other)) this.#add(placeOf(other));
  }

  /** Why a file is the film's; null where it is not, or is another one's. */
  whyOf(path: string): Belonging | null {
    const { folders, name } = split(path);
    const named = this.#named(stemOf(name));
    if (named) return this.#isNearest(named.films, folders) ? { by: 'name', rest: named.rest } : null;
    for (const folder of [...folders].reverse()) {
      const films = this.#byKey.get(keyOf(folder));
      if (films) return this.#isNearest(films, folders) ? { by: 'folder' } : null;
    }
    const episode = episodeOf(path);
    const films = episode === null ? undefined : this.#byEpisode.get(episode);
    if (films) return this.#isNearest(films, folders) ? { by: 'episode' } : null;
    if (episode !== null && this.#film.episode !== null) return null;
    return this.#isAloneAround(folders) ? { by: 'place' } : null;
  }

  #add(place: FilmPlace): void {
    append(this.#byKey, place.key, place);
    if (place.episode !== null) append(this.#byEpisode, place.episode, place);
    for (let depth = 0; depth <= place.folders.length; depth += 1) {
      const folder = place.folders.slice(0, depth).join('/');
      if ((this.#inFolder.get(folder)?.length ?? 0) < 2) append(this.#inFolder, folder, place);
    }
  }

  /** The films that a name begins with: of "Film 2.en" "Film 2" sooner than "Film". */
  #named(name: string): { films: FilmPlace[]; rest: string } | null {
    const words = wordsOf(name);
    for (let count = words.length; count > 0; count -= 1) {
      const key = joined(words.slice(0, count));
      const films = this.#byKey.get(key);
      const rest = name.slice(words[count - 1]?.end);
      // In "2_English" the number is the file's own, not that of a film "2".
      if (films && (rest === '' || rest.startsWith('.') || !/^\d+$/.test(key))) return { films, rest };
    }
    return null;
  }

  /** Whether the film is among those that lie in the most folders of the same names: each season may have its "E01". */
  #isNearest(films: readonly FilmPlace[], folders: readonly string[]): boolean {
    if (!films.includes(this.#film)) return false;
    const around = new Set(folders);
    const shared = (place: FilmPlace) => place.folders.filter((folder) => around.has(folder)).length;
    const ours = shared(this.#film);
    return films.every((other) => shared(other) <= ours);
  }

  /** Whether the film is the only one in the smallest folder around that has any. */
  #isAloneAround(folders: readonly string[]): boolean {
    for (let depth = folders.length; depth >= 0; depth -= 1) {
      const films = this.#inFolder.get(folders.slice(0, depth).join('/'));
      if (films) return films.length === 1 && films[0] === this.#film;
    }
    return false;
  }
}

function placeOf(path: string): FilmPlace {
  const { folders, name } = split(path);
  return { key: keyOf(stemOf(name)), folders, episode: episodeOf(path) };
}

function split(path: string): { folders: string[]; name: string } {
  const folders = path.split('/');
  return { name: folders.pop() ?? '', folders };
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '').normalize('NFC');
}

/** A name for comparing: dots, spaces, underscores and hyphens are the same, and so are cases. */
function keyOf(name: string): string {
  return joined(wordsOf(name.normalize('NFC')));
}

function joined(words: readonly { text: string }[]): string {
  return words.map(({ text }) => text).join(' ');
}

function wordsOf(name: string): { text: string; end: number }[] {
  return [...name.matchAll(/[^\s._-]+/g)].slice(0, MAX_WORDS).map(({ 0: text, index }) => ({
    text: text.toLowerCase(),
    end: index + text.length,
  }));
}

function append(map: Map<string, FilmPlace[]>, key: string, place: FilmPlace): void {
  const known = map.get(key);
  if (!known) map.set(key, [place]);
  else if (known.length < MAX_ALIKE) known.push(place);
}
