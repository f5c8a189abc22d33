import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CastStatus } from '../../src/cast/types.ts';
import { realClip } from '../lab/media/index.ts';
import { startReceiver } from '../lab/receiver/index.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import type { CastCoreAsk } from './cast-core.ts';
import { expectAllFetched, loads } from './cast-rig.ts';

let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'raffi-cast-crash-'));
});
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

type Without<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A sender that can be killed. */
class CoreProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #lastId = 0;
  sessions: unknown[] = [];

  static async start(restore: unknown[]): Promise<CoreProcess> {
    const main = fileURLToPath(new URL('cast-core.ts', import.meta.url));
    const child = fork(main, [JSON.stringify(restore)], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, RAFFI_CACHE_DIR: cacheDir, RAFFI_SERVER_ADDR: '127.0.0.1:0' },
    });
    const core = new CoreProcess(child);
    await once(child, 'message');
    return core;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (said: { id?: number; value?: unknown; sessions?: unknown[] }) => {
      if (said.sessions) this.sessions = said.sessions;
      if (said.id !== undefined) this.#waiting.get(said.id)?.(said.value);
    });
  }

  ask<T>(ask: Without<CastCoreAsk>): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.send({ id, ...ask });
    return new Promise((resolve) => this.#waiting.set(id, resolve as (value: unknown) => void));
  }

  async kill(): Promise<void> {
    const gone =
      this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'exit') : null;
    this.#child.kill('SIGKILL');
    await gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

test.skipIf(LAN_ADDRESS === undefined)(
  `a sender that was killed takes its film over again when it is started anew${LAN_NOTE}`,
  async () => {
    await using receiver = await startReceiver({
      ...{ host: LAN_ADDRESS ?? '', name: 'Outlives a sender' },
      // What it has fetched lasts for more than a minute, however long a start takes here.
      speed: 0.25,
    });
    await using first = await CoreProcess.start([]);
    const sessionId = await first.ask<string>({ open: { kind: 'file', source: await realClip() } });
    await expect.poll(() => first.ask({ device: receiver.id })).toBe(true);
    await first.ask({ load: { deviceId: receiver.id, sessionId, startSeconds: 6 } });
    await receiver.line('status', ({ playerState }) => playerState === 'PLAYING');
    // The player's session, and that of the device.
    await expect.poll(() => first.sessions).toHaveLength(2);
    await first.kill();

    await using second = await CoreProcess.start(first.sessions);
    await expect.poll(() => second.ask({ device: receiver.id })).toBe(true);
    await second.ask({ join: receiver.id });
    const status = await second.ask<CastStatus>({ status: true });
    expect(status).toMatchObject({ state: 'playing', sessionId, problem: null });
    expect(status.positionSeconds).toBeGreaterThanOrEqual(6);
    const [before, after] = loads(receiver);
    // The same names, a token of the new run, and no step back in the film.
    const pathOf = (url = '') => new URL(url).pathname;
    expect(pathOf(after?.media.contentId)).toBe(pathOf(before?.media.contentId));
    expect(after?.media.contentId).not.toBe(before?.media.contentId);
    expect(after?.currentTime).toBeGreaterThanOrEqual(6);
    expect(receiver.all('status').at(-1)).toMatchObject({ playerState: 'PLAYING' });
    expectAllFetched(receiver);
  },
);
