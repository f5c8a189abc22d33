import { describe, expect, it } from 'vitest';
import { collectPackets } from './collect-packets.ts';
import type { Packet } from './packet.ts';

const SPAN = { startSeconds: 100, endSeconds: 106 };
const damaged = expect.objectContaining({ code: 'media_damaged' });

async function* packets(count: number, data: Uint8Array, ptsSeconds = 100): AsyncGenerator<Packet> {
  const packet: Packet = { data, ptsSeconds, durationSeconds: 0.04, isKey: true };
  for (let i = 0; i < count; i++) yield packet;
}

const timesOf = async (ptsSeconds: number) =>
  (await collectPackets(packets(1, new Uint8Array(1), ptsSeconds), SPAN)).map((packet) => packet.ptsSeconds);

describe('a segment', () => {
  it('holds no more bytes than a core has room for', async () => {
    const mebibyte = new Uint8Array(1 << 20);
    expect(await collectPackets(packets(200, mebibyte), SPAN)).toHaveLength(200);
    await expect(collectPackets(packets(300, mebibyte), SPAN)).rejects.toEqual(damaged);
  });

  it('holds no endless number of empty packets', async () => {
    await expect(collectPackets(packets(10_000_000, new Uint8Array(0)), SPAN)).rejects.toEqual(damaged);
  });

  it('is not two days long', async () => {
    const span = { startSeconds: 0, endSeconds: 172_800 };
    await expect(collectPackets(packets(1, new Uint8Array(1)), span)).rejects.toEqual(damaged);
  });

  it('has no packets at times of another', async () => {
    expect(await timesOf(99.5)).toEqual([99.5]);
    expect(await timesOf(-1e12)).toEqual([90]);
    expect(await timesOf(108)).toEqual([108]);
    expect(await timesOf(1e12)).toEqual([406]);
  });
});
