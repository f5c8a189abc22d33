import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ask } from './webtorrent-process.ts';

/** The baseline of torrents, as its client sees it. */
export class WebtorrentServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  #asked = 0;

  static async start(): Promise<WebtorrentServer> {
    const child = fork(join(import.meta.dirname, 'webtorrent-process.ts'), { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    return new WebtorrentServer(child);
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once its only file can be read at `url`; `metadataMs`: how long the description took. */
  async add(magnet: string): Promise<{ metadataMs: number; url: URL }> {
    const folder = await mkdtemp(join(tmpdir(), 'raffi-webtorrent-'));
    const { metadataMs, url } = await this.#ask({ add: magnet, folder });
    return { metadataMs: Number(metadataMs), url: new URL(String(url)) };
  }

  async remove(): Promise<void> {
    await this.#ask({ remove: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }

  #ask(ask: Omit<Ask, 'id'>): Promise<Record<string, unknown>> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve) => {
      const listen = (answer: Record<string, unknown>) => {
        if (answer.id !== id) return;
        this.#child.off('message', listen);
        resolve(answer);
      };
      this.#child.on('message', listen);
      this.#child.send({ id, ...ask });
    });
  }
}
