import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { SessionRequest } from '../../src/session/types.ts';
import { asker } from '../support/asker.ts';
import type { Ask } from './core-process.ts';
import { drain } from './drain.ts';
import { firstPlayable } from './first-playable.ts';
import { timed } from './row.ts';

/** A running core in a child process, spoken to as its clients do: HTTP, and the host's channel for local files. */
export class CoreClient {
  readonly #child: ChildProcess;
  readonly #ask: (question: Ask) => Promise<unknown>;
  readonly #folder: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly baseUrl: string;

  /** Bundles the core as the app does, so that what is measured is what is shipped, and starts it. */
  static async start(): Promise<CoreClient> {
    const folder = await mkdtemp(join(tmpdir(), 'raffi-bench-'));
    // In the project, where what cannot be bundled is found.
    const outDir = join(import.meta.dirname, '../../out/bench');
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true, external: ['utp-native', 'node-datachannel'] },
      build: {
        ssr: true,
        outDir,
        target: 'node20',
        rolldownOptions: {
          input: {
            core: join(import.meta.dirname, 'core-process.ts'),
            torrent: join(import.meta.dirname, '../../src/torrent/worker/entry.ts'),
          },
          output: { entryFileNames: '[name].mjs' },
        },
      },
    });
    const child = fork(join(outDir, 'core.mjs'), {
      env: {
        ...process.env,
        RAFFI_CACHE_DIR: join(folder, 'cache'),
        // Peers of this computer only, and those that a link names.
        RAFFI_TORRENT_ADDR: '127.0.0.1:0',
        RAFFI_TORRENT_FEATURES: 'none',
      },
    });
    const [{ baseUrl }] = (await once(child, 'message')) as [{ baseUrl: string }];
    return new CoreClient(child, folder, baseUrl);
  }

  private constructor(child: ChildProcess, folder: string, baseUrl: string) {
    this.#child = child;
    this.#ask = asker(child);
    this.#folder = folder;
    this.baseUrl = baseUrl;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Opens a film: a URL or a magnet link over HTTP as any client does, a path over the host's channel. */
  async open(source: string, capabilities?: SessionRequest['capabilities']): Promise<string> {
    const shared = capabilities ? { capabilities } : {};
    if (!/^(?:https?|magnet):/.test(source)) {
      const answer = await this.#ask({ open: { source, kind: 'file', ...shared } });
      return (answer as { sessionId: string }).sessionId;
    }
    const kind = source.startsWith('magnet:') ? 'torrent' : 'http';
    const body = JSON.stringify({ source, kind, ...shared });
    const answer = await this.#send('POST', '/sessions', body);
    return String((JSON.parse(answer.toString()) as { id: string }).id);
  }

  async close(sessionId: string): Promise<void> {
    await this.#send('DELETE', `/sessions/${sessionId}`);
  }

  /** The whole answer. Rejects unless it is a success. */
  get(path: string): Promise<Buffer> {
    return this.#send('GET', path);
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).toString();
  }

  /** Reads an answer and throws it away; resolves to its bytes' count. */
  drain(path: string): Promise<number> {
    return drain(new URL(path, this.baseUrl));
  }

  /**
   * Asks for a segment of each rendition at once → milliseconds until there is something of all of them to play. Their init segments are
   * part of the wait where they are not known yet.
   */
  async firstPlayable(session: string, renditions: readonly string[], index: number): Promise<number> {
    return timed(() =>
      Promise.all(
        renditions.map(async (rendition) => {
          const folder = `/sessions/${session}/hls/${rendition}`;
          const init = await this.get(`${folder}/init.mp4`);
          await firstPlayable(new URL(`${folder}/${index}.m4s`, this.baseUrl), init);
        }),
      ),
    );
  }

  /** Resolves when a cast device is there, or is gone. */
  async device(id: string, isThere: boolean): Promise<void> {
    await this.#ask({ device: id, isThere });
  }

  /** Resolves when the device shows the film. */
  async cast(deviceId: string, sessionId: string, startSeconds: number): Promise<void> {
    await this.#ask({ cast: { deviceId, sessionId, startSeconds } });
  }

  async castNoMore(): Promise<void> {
    await this.#ask({ castNoMore: true });
  }

  /** Resolves once the core is done with what it did last, freeing its memory included. */
  async rest(): Promise<void> {
    await this.#ask({ rest: true });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    await this.#ask({ stop: true });
    await exited;
    this.#agent.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #send(method: string, path: string, body?: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const sent = request(
        new URL(path, this.baseUrl),
        { method, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            if ((response.statusCode ?? 500) < 400) resolve(bytes);
            else reject(new Error(`${method} ${path}: ${response.statusCode} ${bytes}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** The media segments' URIs of a playlist. */
export function urisOf(playlist: string): string[] {
  return playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
