import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilmName, film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { realFfmpeg } from '../support/ffmpeg-gate.ts';
import { fragmentTimes } from './fragment-times.ts';
import { Rig } from './rig.ts';

/** An answer of which a part has come. */
interface Begun {
  headers: Headers;
  first: Uint8Array;
  /** All of it, once it has come. Rejects when the answer is cut. */
  whole: () => Promise<Uint8Array>;
  leave: () => Promise<void>;
}

async function begin(rig: Rig, path: string): Promise<Begun> {
  const answer = await fetch(new URL(path, rig.baseUrl));
  if (answer.status !== 200 || !answer.body) throw new Error(`GET ${path}: ${answer.status}`);
  const reader = answer.body.getReader();
  const pieces: Uint8Array[] = [];
  const next = async () => {
    const { value } = await reader.read();
    if (value) pieces.push(value);
    return value;
  };
  const first = await next();
  return {
    headers: answer.headers,
    first: first ?? new Uint8Array(),
    whole: async () => {
      while (await next());
      return Buffer.concat(pieces);
    },
    leave: () => reader.cancel(),
  };
}

function expectUnderWay({ headers, first }: Begun): void {
  expect(headers.get('content-length')).toBeNull();
  expect(headers.get('accept-ranges')).toBe('bytes');
  expect(first.length).toBeGreaterThan(0);
}

/** What was sent in the making is what is sent from then on, whole or by range. */
async function expectSame(rig: Rig, path: string, made: Uint8Array): Promise<void> {
  const again = await rig.get(path);
  expect(again.headers.get('content-length')).toBe(String(made.length));
  expect(Buffer.compare(again.bytes, made)).toBe(0);
  const part = await rig.get(path, { headers: { Range: 'bytes=100-199' } });
  expect(Buffer.compare(part.bytes, made.subarray(100, 200))).toBe(0);
}

describe.each<FilmName>(['gop10-mkv', 'gop10-mp4'])('%s, copied, while its bytes come in', (name) => {
  let rig: Rig;
  let origin: Origin;
  beforeAll(async () => {
    [rig, origin] = await Promise.all([Rig.start(), startOrigin({ files: { '/film': await film(name) } })]);
  });
  afterAll(async () => {
    await Promise.all([rig.stop(), origin.close()]);
  });

  it('goes out before all of it is there, the same as ever', async () => {
    const session = await rig.open(origin.url('/film'));
    await rig.text(`/sessions/${session}/hls/v0/playlist.m3u8`);
    await rig.text(`/sessions/${session}/hls/a0/playlist.m3u8`);
    const { size } = await stat(await film(name));
    // In the middle of the third of four groups of pictures.
    origin.setFaults('/film', { stall: { afterBytes: Math.floor(size / 8), times: 1 } });
    const paths = ['v0', 'a0'].map((rendition) => `/sessions/${session}/hls/${rendition}/2.m4s`);
    const begun = await Promise.all(paths.map((path) => begin(rig, path)));
    for (const one of begun) expectUnderWay(one);
    origin.setFaults('/film', null);
    origin.dropConnections();
    const local = await rig.open(await film(name));
    for (const [index, path] of paths.entries()) {
      const made = (await begun[index]?.whole()) ?? new Uint8Array();
      await expectSame(rig, path, made);
      expect(Buffer.compare(await rig.bytes(path.replace(session, local)), made)).toBe(0);
    }
  });
});

describe('an encoded picture, while it is made', () => {
  let rig: Rig;
  let folder: string;
  let session: string;
  let init: Uint8Array;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raffi-held-'));
    rig = await Rig.start({ ffmpegBin: await heldFfmpeg(folder) });
    ({ sessionId: session } = await rig.core.open({ kind: 'file', source: await film('mpeg4-long-mkv') }));
    init = await rig.bytes(`/sessions/${session}/hls/v0/init.mp4`);
    // Half of a segment: what an encoder may write before it is held.
    const { length } = await rig.bytesInTime(path(0));
    await writeFile(join(folder, 'kilobytes'), String(Math.ceil(length / 2048)));
  });
  afterAll(async () => {
    await release();
    await rig.stop();
    await rm(folder, { recursive: true });
  });

  const path = (segment: number) => `/sessions/${session}/hls/v0/${segment}.m4s`;
  const hold = () => writeFile(join(folder, 'held'), '');
  const release = () => rm(join(folder, 'held'), { force: true });

  it('goes out to everyone who asks meanwhile; one who leaves harms nobody', async () => {
    await hold();
    const [early, leaving] = await Promise.all([begin(rig, path(60)), begin(rig, path(60))]);
    const late = await begin(rig, path(60));
    for (const one of [early, leaving, late]) expectUnderWay(one);
    await leaving.leave();
    await release();
    const made = await early.whole();
    expect(Buffer.compare(await late.whole(), made)).toBe(0);
    const { startSeconds, endSeconds } = fragmentTimes(init, made);
    expect([startSeconds, endSeconds]).toEqual([60, 61]);
    await expectSame(rig, path(60), made);
  });

  it('is cut when its encoder is killed, and made again for who asks again', async () => {
    await hold();
    const begun = await begin(rig, path(90));
    expectUnderWay(begun);
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL');
    await release();
    await expect(begun.whole()).rejects.toThrow();
    const made = await rig.bytesInTime(path(90));
    const { startSeconds, endSeconds } = fragmentTimes(init, made);
    expect([startSeconds, endSeconds]).toEqual([90, 91]);
  });
});

/** An ffmpeg whose video encoders write only so many `kilobytes` as long as there is a file `held`; `pid` names the newest of them. */
async function heldFfmpeg(folder: string): Promise<string> {
  const ffmpeg = await realFfmpeg();
  const script = `#!/bin/bash
set -o pipefail
[[ " $* " == *" -c:v "* && -e '${folder}/held' ]] || exec '${ffmpeg}' "$@"
( echo $BASHPID > '${folder}/pid'; exec '${ffmpeg}' "$@" ) | {
  dd bs=1024 count="$(cat '${folder}/kilobytes')" iflag=fullblock status=none
  while [ -e '${folder}/held' ]; do sleep 0.05; done
  exec cat
}
`;
  const file = join(folder, 'ffmpeg');
  await writeFile(file, script, { mode: 0o755 });
  return file;
}
