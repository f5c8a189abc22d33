import { expect, test } from 'vitest';
import { problem, RaffiError } from '../errors.ts';
import type { SessionView } from '../session/types.ts';
import { problemForReceiver, viewForReceiver } from './receiver-view.ts';

const VIEW: SessionView = {
  id: 'id',
  source: 'magnet:?xt=urn:btih:aaaa&tr=https://tracker.example/s3cret',
  kind: 'torrent',
  createdAt: '2026-01-01T00:00:00.000Z',
  startTime: 0,
  durationSeconds: 60,
  audioIndex: 0,
  isTorrent: true,
  torrentInfoHash: 'aaaa',
  name: 'Film',
  stage: { stage: 'ready', progress: null, since: '2026-01-01T00:00:00.000Z' },
};

test('a receiver is told what it plays, not where that comes from', () => {
  const { id, kind, createdAt, startTime, durationSeconds, audioIndex, isTorrent, name, stage } = VIEW;
  expect(viewForReceiver(VIEW)).toEqual({
    ...{ id, kind, createdAt, startTime, durationSeconds, audioIndex, isTorrent, name, stage },
  });
});

test('nor by what is said of a failure', () => {
  const failure = {
    code: 'source_unreachable',
    title: 'Gone',
    detail: 'nas.local refuses /home/me',
  } as const;
  const shown = viewForReceiver({ ...VIEW, error: failure });
  expect(shown.error).toMatchObject({ code: 'source_unreachable', title: 'Gone' });
  const data = { stage: 'connect', progress: null, host: 'nas.local' };
  const told = problemForReceiver(problem(new RaffiError('wait_exceeded', 'nas.local is slow.', { data })));
  expect(told).toMatchObject({ status: 503, code: 'wait_exceeded', stage: 'connect' });
  expect(JSON.stringify([shown, told])).not.toContain('nas.local');
});
