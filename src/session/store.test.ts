import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemorySource } from '../../test/support/memory-source.ts';
import { RaffiError } from '../errors.ts';
import { createEncodedStore } from '../ffmpeg/encode/encoded-store.ts';
import { Encoders } from '../ffmpeg/encode/encoders/encoders.ts';
import { encoderSlots } from '../ffmpeg/encode/slots.ts';
import { ColourTables } from '../ffmpeg/tone-map/colour-tables.ts';
import { FfmpegTools } from '../ffmpeg/tools.ts';
import { createSegmentCache } from '../hls/packager.ts';
import { createLog } from '../log.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { Prober } from '../probe/prober.ts';
import { WAIT_BOUNDS } from './bounded-wait.ts';
import { FilmSessionStore } from './store.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Longer than the store waits between two looks. */
const SWEEP_MS = 10 * 60 * 1000;
const request = { source: 'http://host.example/film.mkv', kind: 'http' } as const;

let nowMs: number;
let source: MemorySource;
let store: FilmSessionStore;
let changes: number;
let removed: string[];
let examine: (signal: AbortSignal) => Promise<MediaInfo>;
beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  changes = 0;
  removed = [];
  examine = () => Promise.reject(new RaffiError('not_media', 'No film.'));
  source = new MemorySource(new Uint8Array(64 * 1024));
  const tools = new FfmpegTools();
  store = new FilmSessionStore({
    openSource: () => source,
    manifestAccess: () => null,
    createProber: () => new Prober({ examine: (signal) => examine(signal) }),
    segmentCache: createSegmentCache(1024),
    encoders: {
      tools,
      colourTables: new ColourTables('/no/such/folder'),
      pictureEncoder: new Encoders({ tools, cacheDir: '', runDir: '', knownSpeed: 1, onChange: () => {} }),
      store: createEncodedStore(1024),
      slots: encoderSlots(),
      now: () => nowMs,
    },
    waits: WAIT_BOUNDS,
    log: createLog('silent'),
    now: () => nowMs,
    onRemoved: (id) => removed.push(id),
    onChange: () => {
      changes += 1;
    },
  });
});
afterEach(async () => {
  await store.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function pass(ms: number): void {
  nowMs += ms;
  vi.advanceTimersByTime(SWEEP_MS);
}

const open = () => store.create(request);
const ids = () => store.list().map(({ id }) => id);

it('examines a film before any of it has come, where no manifest would be followed', async () => {
  source.gate = () => new Promise(() => {});
  const examined = new Promise<void>((resolve) => {
    examine = async () => {
      resolve();
      throw new RaffiError('not_media', 'No film.');
    };
  });
  const view = open().view();
  await examined;
  expect((await view).error?.code).toBe('not_media');
});

describe('a session nobody uses', () => {
  it('is closed after 6 hours, not before', () => {
    const { id } = open();
    pass(6 * HOUR_MS);
    expect(ids()).toEqual([id]);
    pass(1);
    expect(ids()).toEqual([]);
    expect(changes).toBe(2);
  });

  it('lives while somebody listens to it', () => {
    const session = open();
    const leave = session.subscribe(() => {});
    pass(24 * HOUR_MS);
    expect(ids()).toEqual([session.id]);
    leave();
    pass(1);
    expect(ids()).toEqual([]);
  });

  it('lives while it is played directly, and 6 hours more', async () => {
    const session = open();
    const reading = session.readDirect(0, 64 * 1024)[Symbol.asyncIterator]();
    source.gate = () => Promise.resolve();
    await reading.next();
    pass(24 * HOUR_MS);
    expect(ids()).toEqual([session.id]);
    await reading.return?.();
    expect(source.openStreams).toBe(0);
    pass(6 * HOUR_MS);
    expect(ids()).toEqual([session.id]);
    pass(1);
    expect(ids()).toEqual([]);
  });
});

describe('200 sessions', () => {
  it('are the most; the one unused for longest makes room', () => {
    const opened = Array.from({ length: 200 }, () => {
      nowMs += 1;
      return open();
    });
    opened[0]?.subscribe(() => {});
    const last = open();
    const kept = [...opened.slice(0, 1), ...opened.slice(2), last].map(({ id }) => id);
    expect(ids()).toEqual(kept);
  });
});

describe('a film that cannot be opened', () => {
  const unreachable = new RaffiError('source_unreachable', 'Nobody answers.');
  let tries: number;
  beforeEach(() => {
    tries = 0;
    source.open = () => {
      tries += 1;
      return Promise.reject(unreachable);
    };
  });

  it('says so for 20 s, and how long still', async () => {
    const session = open();
    for (const [afterMs, retryAfterSeconds] of [
      [0, 20],
      [0, 20],
      [12_500, 8],
      [7_499, 1],
    ] as const) {
      nowMs += afterMs;
      await expect(session.masterPlaylist()).rejects.toMatchObject({
        code: 'source_unreachable',
        retryAfterSeconds,
      });
      expect(tries).toBe(1);
    }
    nowMs += 1;
    await expect(session.masterPlaylist()).rejects.toMatchObject({ retryAfterSeconds: 20 });
    expect(tries).toBe(2);
    expect(session.snapshot()).toMatchObject({
      stage: { stage: 'failed' },
      error: { code: 'source_unreachable' },
    });
  });

  it('is tried again at once where it is a local file', async () => {
    const session = store.create({ source: '/films/film.mkv', kind: 'file' });
    await expect(session.masterPlaylist()).rejects.toMatchObject({ retryAfterSeconds: 1 });
    nowMs += 1_000;
    await expect(session.masterPlaylist()).rejects.toThrow();
    expect(tries).toBe(2);
  });
});

describe('the stages', () => {
  it('tell how much of a file is here that only comes whole', async () => {
    let spoolProgress = 0.25;
    const counted = source.stats.bind(source);
    source.stats = () => ({ ...counted(), spoolProgress });
    examine = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const session = open();
    const told: unknown[] = [];
    const probing = new Promise<void>((resolve) => {
      session.subscribe(({ type, data }) => {
        if (type !== 'stage') return;
        told.push([data.stage, data.progress]);
        if (data.stage === 'probe') resolve();
      });
    });
    const leave = new AbortController();
    const asked = session.masterPlaylist(leave.signal).catch(() => 'left');
    await probing;
    vi.advanceTimersByTime(1_000);
    spoolProgress = 0.5;
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([
      ['resolve', null],
      ['probe', 0.25],
      ['probe', 0.5],
    ]);
    expect(session.snapshot().stage).toMatchObject({ stage: 'probe', progress: 0.5 });
    leave.abort();
    expect(await asked).toBe('left');
  });
});
