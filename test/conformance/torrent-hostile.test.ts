import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TorrentSettings } from '../../src/torrent/settings.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { realClip } from '../lab/media/index.ts';
import { freePort } from '../lab/swarm/ports.ts';
import { extended, framed, handshakeOf, hostilePeer, untilLeft } from './hostile-peer.ts';
import { NO_FFMPEG, Rig } from './rig.ts';
import { type Seed, seed } from './seed.ts';

/** The head of a message of two gigabytes. */
const LONG_MESSAGE = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function started(settings: Partial<TorrentSettings> = {}): Promise<Rig> {
  const rig = await Rig.start({ ...NO_FFMPEG, torrent: { ...LOOPBACK_SETTINGS, ...settings } });
  endings.push(() => rig.stop());
  return rig;
}

async function seeded(...options: Parameters<typeof seed>): Promise<Seed> {
  const made = await seed(...options);
  endings.push(() => made.close());
  return made;
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');

describe('a peer that', () => {
  it('asks for the description and takes no answer is let go, and ends nothing', async () => {
    const clip = await realClip();
    const rig = await started();
    const honest = await seeded(clip);
    // It uses no extension, yet sends a message of one: an answer cannot be addressed.
    const messages = [extended('d1:mdee'), extended('d8:msg_typei0e5:piecei0ee', 1)];
    const hostile = await hostilePeer(honest.infoHash, messages);
    endings.push(hostile.close);
    await rig.open(`${honest.magnet}&x.pe=${hostile.address}`, { kind: 'torrent' });
    expect(sha1(await rig.bytes(`/torrents/${honest.infoHash}`))).toBe(sha1(await readFile(clip)));
    // Once with encryption, which it does not speak, and once plainly.
    await vi.waitFor(() => expect(hostile.asked()).toBeGreaterThan(1), 30_000);
    const other = await seeded(clip, { pieceBytes: 512 * 1024 });
    await rig.open(other.magnet, { kind: 'torrent' });
    expect(sha1(await rig.bytes(`/torrents/${other.infoHash}`))).toBe(sha1(await readFile(clip)));
  });

  it('has a description with the right hash that is none ends nothing', async () => {
    const clip = await realClip();
    const rig = await started();
    const infoHash = sha1(Buffer.from('zzzz'));
    const hostile = await hostilePeer(infoHash, [
      extended('d1:md11:ut_metadatai1ee13:metadata_sizei4ee'),
      extended('d8:msg_typei1e5:piecei0e10:total_sizei4eezzzz', 1),
    ]);
    endings.push(hostile.close);
    await rig.open(`magnet:?xt=urn:btih:${infoHash}&x.pe=${hostile.address}`, { kind: 'torrent' });
    // Nobody goes to the network before somebody asks.
    void rig.get(`/torrents/${infoHash}`).catch(() => {});
    await vi.waitFor(() => expect(hostile.asked()).toBeGreaterThan(1), 30_000);
    const honest = await seeded(clip);
    await rig.open(honest.magnet, { kind: 'torrent' });
    expect(sha1(await rig.bytes(`/torrents/${honest.infoHash}`))).toBe(sha1(await readFile(clip)));
  });

  it('connects to us and sends junk is let go, and ends nothing', async () => {
    const clip = await realClip();
    const port = await freePort('127.0.0.1');
    const rig = await started({ port });
    const honest = await seeded(clip);
    await rig.open(honest.magnet, { kind: 'torrent' });
    const url = `/torrents/${honest.infoHash}`;
    expect((await rig.get(url, { headers: { Range: 'bytes=0-99' } })).status).toBe(206);
    const handshake = handshakeOf(honest.infoHash);
    // In one packet with the handshake, of whose torrent nobody knows yet.
    const junk = [
      Buffer.alloc(96),
      Buffer.concat([handshake, framed(extended('d1:md1:ad8:toString1:xeee'))]),
      Buffer.concat([handshake, framed(extended('d-3:')), LONG_MESSAGE]),
      Buffer.concat([handshake, LONG_MESSAGE]),
    ];
    await Promise.all(junk.map((bytes) => untilLeft(port, bytes)));
    expect(sha1(await rig.bytes(url))).toBe(sha1(await readFile(clip)));
  });
});
