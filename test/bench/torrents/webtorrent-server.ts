import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asker } from '../../support/asker.ts';
import type { Added, Ask } from './webtorrent-process.ts';

/** The baseline of torrents, as its client sees it. */
export class WebtorrentServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ask: (question: Ask) => Promise<unknown>;

  static async start(): Promise<WebtorrentServer> {
    const child = fork(join(import.meta.dirname, 'webtorrent-process.ts'), { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    return new WebtorrentServer(child);
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ask = asker(child);
  }

  /** Resolves once its only file can be read at `url`; `metadataMs`: how long the description took. */
  async add(magnet: string): Promise<{ metadataMs: number; url: URL }> {
    const folder = await mkdtemp(join(tmpdir(), 'raffi-webtorrent-'));
    const { metadataMs, url } = (await this.#ask({ add: magnet, folder })) as Added;
    return { metadataMs, url: new URL(url) };
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
}
