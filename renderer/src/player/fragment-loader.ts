import {
  type FragmentLoaderContext,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderStats,
  LoadStats,
  PlaylistLevelType,
} from 'hls.js';
import type { PictureClock } from './picture-clock.ts';
import { WholeFragments } from './whole-fragments.ts';

/**
 * Loads init segments and segments for hls.js, the latter fragment by fragment as the core makes them. hls.js's own `FetchLoader` gathers 128 KB before
 * it hands anything out, which are eight seconds of sound, and loses what a problem document says.
 */
export class FragmentLoader implements Loader<FragmentLoaderContext> {
  readonly #clock: PictureClock | null;
  context: FragmentLoaderContext | null = null;
  stats: LoaderStats = new LoadStats();
  readonly #controller = new AbortController();
  #callbacks: LoaderCallbacks<FragmentLoaderContext> | null = null;
  #timer: number | undefined;
  #response: Response | null = null;

  /** @param clock of media whose times are not the playlist's; null where they are */
  constructor(clock: PictureClock | null) {
    this.#clock = clock;
    // hls.js (1.7.4) holds a segment's first piece against the playlist, and moves all of it where they are over a second apart, as they are where a
    // playlist is an estimate. What is no first piece keeps the clock there is.
    if (clock === null) this.stats.chunkCount = 1;
  }

  load(
    context: FragmentLoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<FragmentLoaderContext>,
  ): void {
    this.context = context;
    this.#callbacks = callbacks;
    this.stats.loading.start = performance.now();
    this.#load(context, config).catch((error: unknown) => this.#failed(context, error));
  }

  abort(): void {
    const { context } = this;
    const callbacks = this.#leave();
    this.stats.aborted = true;
    if (context) callbacks?.onAbort?.(this.stats, context, this.#response);
  }

  destroy(): void {
    this.#leave();
    this.context = null;
  }

  async #load(context: FragmentLoaderContext, config: LoaderConfiguration): Promise<void> {
    const { maxTimeToFirstByteMs, maxLoadTimeMs } = config.loadPolicy;
    this.#expect(maxTimeToFirstByteMs);
    const response = await fetch(context.url, { signal: this.#controller.signal });
    this.#response = response;
    this.#expect(maxLoadTimeMs);
    if (!response.ok) throw new Refusal(response.status, await response.text());
    this.stats.loading.first = performance.now();
    const isWanted = config.highWaterMark !== undefined && Number.isFinite(config.highWaterMark);
    const onProgress = isWanted ? this.#callbacks?.onProgress : undefined;
    const data = onProgress
      ? await this.#handOut(response, context.frag, (bytes) =>
          onProgress(this.stats, context, bytes.buffer, response),
        )
      : await response.arrayBuffer();
    if (!onProgress) this.stats.loaded = data.byteLength;
    this.stats.total = this.stats.loaded;
    this.stats.loading.end = performance.now();
    const { status: code, url } = response;
    this.#leave()?.onSuccess({ url, data, code }, this.stats, context, response);
  }

  /**
   * Hands out whole fragments as they come; those of sound, where the picture's clock has to be found, from when it is. hls.js sets aside what comes of it before, and what
   * follows while it is about to go on overtakes that (1.7.4, `WAITING_INIT_PTS`): the segment never ends, and no sound is loaded any more.
   *
   * @returns what a successful load is told to have brought: nothing, since it is all handed out
   */
  async #handOut(
    response: Response,
    { type, cc }: FragmentLoaderContext['frag'],
    onFragments: (bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<ArrayBuffer> {
    const fragments = new WholeFragments();
    let held: Uint8Array<ArrayBuffer>[] | null = [];
    const release = () => {
      const all = held ?? [];
      held = null;
      if (this.#callbacks) for (const bytes of all) onFragments(bytes);
    };
    const take = (bytes: Uint8Array<ArrayBuffer>) => {
      if (held) held.push(bytes);
      else if (this.#callbacks) onFragments(bytes);
    };
    if (this.#clock && type === PlaylistLevelType.AUDIO) this.#clock.whenKnown(cc, release);
    else release();
    const reader = response.body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      this.stats.loaded += read.value.length;
      const whole = fragments.push(read.value);
      if (whole) take(whole);
    }
    const rest = fragments.rest();
    if (rest.length > 0) take(rest);
    release();
    return new ArrayBuffer(0);
  }

  /** Something must come within a time. */
  #expect(withinMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const { context } = this;
      const callbacks = this.#leave();
      if (context) callbacks?.onTimeout(this.stats, context, this.#response);
    }, withinMs);
  }

  #failed(context: FragmentLoaderContext, error: unknown): void {
    const { code, text } = error instanceof Refusal ? error : { code: 0, text: String(error) };
    this.#leave()?.onError({ code, text }, context, this.#response, this.stats);
  }

  /** Ends the request, should it run. Nothing is told any more but by who gets the callbacks. */
  #leave(): LoaderCallbacks<FragmentLoaderContext> | null {
    const callbacks = this.#callbacks;
    this.#callbacks = null;
    clearTimeout(this.#timer);
    this.#controller.abort();
    return callbacks;
  }
}

/** An answer other than a success; `text` is its body, which a person will read. */
class Refusal extends Error {
  readonly code: number;
  readonly text: string;

  constructor(code: number, text: string) {
    super(`HTTP ${code}`);
    this.code = code;
    this.text = text;
  }
}
