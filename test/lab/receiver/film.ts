import { ffprobe } from '../tools.ts';
import type { Fetcher } from './fetcher.ts';
import { say } from './log.ts';
import { firstVariant, isMaster, type MediaPlaylist, mediaPlaylist } from './playlists.ts';

/** Enough to know that it decodes. */
const DECODED_PACKETS = 12;

/** A film as a receiver follows it: master, media playlists, segments. */
export class Film {
  readonly durationSeconds: number;
  readonly #fetcher: Fetcher;
  readonly #tracks: readonly MediaPlaylist[];
  #isDecoded = false;

  static async open(url: string, fetcher: Fetcher, signal: AbortSignal): Promise<Film> {
    const text = (await fetcher.get(url, signal)).toString();
    if (!isMaster(text)) return new Film([mediaPlaylist(text, url)], fetcher);
    const variant = firstVariant(text, url);
    const uris = [variant.uri, ...(variant.audioUri === null ? [] : [variant.audioUri])];
    const playlists = uris.map(async (uri) =>
      mediaPlaylist((await fetcher.get(uri, signal)).toString(), uri),
    );
    return new Film(await Promise.all(playlists), fetcher);
  }

  private constructor(tracks: readonly MediaPlaylist[], fetcher: Fetcher) {
    this.#tracks = tracks;
    this.#fetcher = fetcher;
    this.durationSeconds = tracks[0]?.segments.at(-1)?.endSeconds ?? 0;
    if (this.durationSeconds === 0) throw new Error('The playlist has no segments.');
  }

  /** Where the segment that holds this time ends, once it and its sound are here; the first one that is fetched is decoded. */
  async fetchAt(seconds: number, signal: AbortSignal): Promise<number> {
    const ends = await Promise.all(this.#tracks.map((track) => this.#fetchOf(track, seconds, signal)));
    this.#isDecoded = true;
    return ends[0] ?? seconds;
  }

  async #fetchOf(
    { initUri, segments }: MediaPlaylist,
    seconds: number,
    signal: AbortSignal,
  ): Promise<number> {
    const segment = segments.find(({ endSeconds }) => endSeconds > seconds) ?? segments.at(-1);
    if (!segment) throw new Error('The playlist has no segments.');
    const bytes = await this.#fetcher.get(segment.uri, signal);
    if (!this.#isDecoded) {
      const init = initUri === null ? [] : [await this.#fetcher.get(initUri, signal)];
      await decode(Buffer.concat([...init, bytes]), signal);
    }
    return segment.endSeconds;
  }
}

/** Proves frames. @throws where nothing can be decoded */
async function decode(input: Buffer, signal: AbortSignal): Promise<void> {
  const args = ['-v', 'error', '-count_frames', '-read_intervals', `%+#${DECODED_PACKETS}`, '-of', 'json'];
  const entries = 'stream=codec_type,codec_name,width,height,channels,nb_read_frames';
  const { stdout, stderr } = await ffprobe([...args, '-show_entries', entries, 'pipe:0'], { input, signal });
  const { streams = [] } = JSON.parse(stdout.toString() || '{}') as { streams?: never[] };
  say({ kind: 'decoded', streams, complaints: stderr.slice(0, 500) });
  if (streams.length === 0) throw new Error(`Nothing decodes: ${stderr.slice(0, 200)}`);
}
