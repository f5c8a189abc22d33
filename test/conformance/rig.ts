import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CoreConfig, loadConfig } from '../../src/config.ts';
import type { Problem } from '../../src/errors.ts';
import { type Core, createCore } from '../../src/index.ts';
import type { Capabilities } from '../../src/plan/types.ts';
import type { Network } from '../../src/runtime.ts';
import type { SessionRequest, SessionView } from '../../src/session/types.ts';

/** A player that takes every codec this version can copy. */
export const EVERYTHING: Capabilities = {
  containers: ['video/mp4', 'video/webm', 'audio/mp4', 'audio/mpeg'],
  video: ['avc1.640034', 'hvc1.1.6.L153.B0', 'vp09.00.51.08', 'av01.0.13M.08'],
  audio: ['mp4a.40.2', 'mp4a.40.5', 'mp4a.6b', 'opus', 'flac'],
  maxChannels: 8,
  maxHeight: 4320,
  hdr: false,
};

/** For a core that is to copy only: where it is told that its ffmpeg is, there is none, and it looks for no other. */
export const NO_FFMPEG = {
  ffmpegBin: join(import.meta.dirname, 'no-such-ffmpeg'),
} satisfies Partial<CoreConfig>;

/** Of the core's own bound each: a minute and a half in all. */
const MAX_ATTEMPTS = 10;

/** One answer of the core, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/** A real core with a cache folder of its own, spoken to over HTTP as any client does. */
export class Rig {
  readonly core: Core;
  readonly baseUrl: string;
  readonly cacheDir: string;

  static async start(config: Partial<CoreConfig> = {}, network?: Network): Promise<Rig> {
    const cacheDir = await mkdtemp(join(tmpdir(), 'raffi-conformance-'));
    // A known speed: what a film is encoded to must not depend on what else the machine does meanwhile.
    const usual = { port: 0, logLevel: 'silent', cacheDir, encoderSpeed: 2 } as const;
    const settings = loadConfig({}, { ...usual, ...config });
    const core = createCore(settings, network);
    const { baseUrl } = await core.start();
    return new Rig(core, baseUrl, cacheDir);
  }

  private constructor(core: Core, baseUrl: string, cacheDir: string) {
    this.core = core;
    this.baseUrl = baseUrl;
    this.cacheDir = cacheDir;
  }

  /** A session for a URL (over HTTP) or a path (over the host's channel, as the window and the command line do). */
  async open(source: string, more: Partial<SessionRequest> = {}): Promise<string> {
    const wanted = { source, capabilities: EVERYTHING, ...more };
    if (!/^(?:https?|magnet):/.test(source) && more.kind !== 'torrent')
      return (await this.core.open({ kind: 'file', ...wanted })).sessionId;
    const answer = await this.send('POST', '/sessions', wanted);
    if (answer.status !== 200) throw new Error(`POST /sessions: ${text(answer)}`);
    return (json(answer) as { id: string }).id;
  }

  close(sessionId: string): Promise<Answer> {
    return this.send('DELETE', `/sessions/${sessionId}`);
  }

  async view(sessionId: string): Promise<SessionView> {
    return json(await this.get(`/sessions/${sessionId}`)) as SessionView;
  }

  get(path: string, init: RequestInit = {}): Promise<Answer> {
    return this.#fetch(path, init);
  }

  send(method: string, path: string, body?: unknown): Promise<Answer> {
    const content =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    return this.#fetch(path, { method, ...content });
  }

  /** The body of a success; anything else is an error that says what came. */
  async bytes(path: string): Promise<Uint8Array> {
    const answer = await this.get(path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${text(answer)}`);
    return answer.bytes;
  }

  /**
   * The same of what may take the core longer than it lets a request wait: asked for again after a 503, and after an answer that broke off since its
   * encoder died; a bounded number of times.
   */
  async bytesInTime(path: string): Promise<Uint8Array> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // What breaks off is a TypeError of `fetch`.
      const answer = await this.get(path).catch((error: unknown) => {
        if (error instanceof TypeError) return null;
        throw error;
      });
      if (answer !== null && answer.status !== 503)
        return answer.status === 200 ? answer.bytes : this.bytes(path);
    }
    return this.bytes(path);
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.bytes(path));
  }

  async stop(): Promise<void> {
    await this.core.stop();
    await rm(this.cacheDir, { recursive: true, force: true });
  }

  async #fetch(path: string, init: RequestInit): Promise<Answer> {
    const answer = await fetch(new URL(path, this.baseUrl), init);
    return {
      status: answer.status,
      headers: answer.headers,
      bytes: new Uint8Array(await answer.arrayBuffer()),
    };
  }
}

export function text({ bytes }: Answer): string {
  return new TextDecoder().decode(bytes);
}

export function json(answer: Answer): unknown {
  return JSON.parse(text(answer));
}

/** The problem document of a refusal. */
export function problemOf(answer: Answer): Problem {
  return json(answer) as Problem;
}
