import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type LabProcess, startProcess } from './process.ts';
import type { Seed, SeedStatus, SeedWish } from './seed.ts';
import { type TransmissionRpc, transmissionRpc } from './transmission-rpc.ts';
import { until } from './until.ts';

const START_MS = 20_000;

/**
 * A transmission-daemon as seed. It never calls an address of 127.0.0.0/8 (`isMartianAddr` in its net.c) and keeps none in its DHT, so
 * on loopback it only answers: downloaders have to call it, and it takes no part in a DHT. It unchokes in rounds of 10 s
 * (`RECHOKE_PERIOD_MSEC`), so a downloader waits up to so long for its first block (6 to 10 s measured). Another downloader on the address
 * of one that had just been killed got nothing for 40 s: give each its own.
 */
export async function transmissionSeed(wish: SeedWish): Promise<Seed> {
  const address = { host: wish.host, port: await freePort(wish.host) };
  const rpcPort = await freePort(wish.host);
  const config = `${wish.folder}.transmission`;
  await mkdir(config);
  await writeFile(join(config, 'settings.json'), JSON.stringify(settings(wish, address.port, rpcPort)));
  const lab = await startProcess('transmission-daemon', ['--foreground', '--config-dir', config]);
  const rpc = transmissionRpc(`http://${wish.host}:${rpcPort}/transmission/rpc`);
  try {
    await until('transmission answers', START_MS, async () => {
      if (!lab.isRunning()) throw new Error(`transmission-daemon ended:\n${lab.tail()}`);
      return (await rpc.isUp()) || null;
    });
    // It finds the files and checks them by itself.
    await rpc.call('torrent-add', { filename: wish.torrentPath, 'download-dir': wish.folder });
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  return {
    make: 'transmission',
    address,
    pid: lab.pid,
    isRunning: lab.isRunning,
    status: () => status(rpc, lab),
    limitUpload: async (bytesPerSecond) => void (await rpc.call('session-set', uploadLimit(bytesPerSecond))),
    stall: lab.stall,
    resume: lab.resume,
    isStalled: lab.isStalled,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

function settings(wish: SeedWish, port: number, rpcPort: number) {
  return {
    'bind-address-ipv4': wish.host,
    'bind-address-ipv6': '::1',
    'dht-enabled': false,
    'download-dir': wish.folder,
    'lpd-enabled': false,
    'peer-port': port,
    'pex-enabled': wish.pex,
    'port-forwarding-enabled': false,
    'rpc-bind-address': wish.host,
    'rpc-host-whitelist-enabled': false,
    'rpc-port': rpcPort,
    'rpc-whitelist-enabled': false,
    ...uploadLimit(wish.uploadBytesPerSecond ?? null),
  };
}

/** Its unit is 1000 bytes a second. */
function uploadLimit(bytesPerSecond: number | null) {
  const isLimited = bytesPerSecond !== null;
  return {
    'speed-limit-up-enabled': isLimited,
    'speed-limit-up': isLimited ? Math.max(1, Math.round(bytesPerSecond / 1000)) : 0,
  };
}

interface TransmissionTorrent {
  status: number;
  percentDone: number;
  peersConnected: number;
  uploadedEver: number;
}

/** `tr_torrent_activity`. */
const SEEDING = 6;
const FIELDS: (keyof TransmissionTorrent)[] = ['status', 'percentDone', 'peersConnected', 'uploadedEver'];

async function status(rpc: TransmissionRpc, lab: LabProcess): Promise<SeedStatus> {
  const { torrents } = (await rpc.call('torrent-get', { fields: FIELDS })) as {
    torrents: TransmissionTorrent[];
  };
  const torrent = torrents[0];
  if (torrent === undefined) throw new Error(`transmission-daemon has no torrent:\n${lab.tail()}`);
  return {
    seeding: torrent.status === SEEDING && torrent.percentDone === 1,
    peers: torrent.peersConnected,
    uploadedBytes: torrent.uploadedEver,
  };
}
