import { expect } from 'vitest';
import type { CastState, CastStatus } from '../../src/cast/types.ts';
import type { Core } from '../../src/index.ts';
import type { LabReceiver } from '../lab/receiver/index.ts';
import type { ReceiverLine } from '../lab/receiver/log.ts';

/** Somebody who watches the remote control: devices are looked for, and every state is kept. */
export class Watcher implements Disposable {
  readonly #core: Core;
  readonly #stop: () => void;
  /** In order, without repetitions. */
  readonly states: CastState[] = [];

  constructor(core: Core) {
    this.#core = core;
    this.#stop = core.cast.subscribe(({ status }) => {
      if (status.state !== this.states.at(-1)) this.states.push(status.state);
    });
  }

  get status(): CastStatus {
    return this.#core.cast.snapshot().status;
  }

  async device({ id }: LabReceiver): Promise<void> {
    await expect.poll(() => this.#core.cast.snapshot().devices.map((device) => device.id)).toContain(id);
  }

  async state(state: CastState): Promise<CastStatus> {
    await expect.poll(() => this.status.state).toBe(state);
    return this.status;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

/** What a device was told to load, in order. */
export function loads({ lines }: LabReceiver) {
  return messages(lines, 'LOAD').map(
    ({ payload }) =>
      payload as unknown as {
        currentTime: number;
        autoplay: boolean;
        activeTrackIds: number[];
        media: {
          contentId: string;
          contentType: string;
          streamType: string;
          hlsSegmentFormat: string;
          hlsVideoSegmentFormat: string;
          duration: number;
          metadata: { title: string };
          tracks: { trackId: number; trackContentId: string; language: string }[];
        };
      },
  );
}

export function messages(lines: readonly ReceiverLine[], type: string) {
  return lines.filter(
    (line): line is Extract<ReceiverLine, { kind: 'message' }> =>
      line.kind === 'message' && line.payload.type === type,
  );
}

/** Everything was let in, with a token, and would have passed a browser's CORS. */
export function expectAllFetched(receiver: LabReceiver): void {
  const requests = receiver.all('request');
  expect(requests.length).toBeGreaterThan(0);
  for (const request of requests) {
    expect(request).toMatchObject({ allowedOrigin: 'https://www.gstatic.com' });
    expect([200, 204, 206]).toContain(request.status);
    expect(request.url).toMatch(/^http:\/\/[\d.]+:\d+\/sessions\/[0-9a-f-]{36}\/.*[?&]cast_token=[\w-]{43}$/);
  }
  expect(receiver.all('failed')).toEqual([]);
}
