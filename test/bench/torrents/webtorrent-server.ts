import type { ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asker } from '../../support/asker.ts';
import { endChild, startChild } from '../child.ts';
import type { Added, Ask } from './webtorrent-process.ts';

/** The baseline of torrents, as its client sees it. */
export class WebtorrentServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ask: (question: Ask) => Promise<unknown>;

  static async start(): Promise<WebtorrentServer> {
    const { child } = await startChild('torrents/webtorrent-process.ts');
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
    await endChild(this.#child);
  }
}
