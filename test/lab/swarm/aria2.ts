import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type LabProcess, startProcess } from './process.ts';
import { rpc, rpcOnceUp } from './rpc.ts';
import type { PeerAddress, Seed, SeedStatus, SeedWish } from './seed.ts';
import { until } from './until.ts';

const START_MS = 20_000;

/** An aria2c as seed. It unchokes in rounds of 10 s: a downloader waited about 5 s for its first block. */
export async function aria2Seed(wish: SeedWish): Promise<Seed> {
  const port = await freePort('0.0.0.0');
  const rpcPort = await freePort('127.0.0.1');
  const lab = await startProcess('aria2c', [
    ...aria2Arguments({ ...wish, port }),
    '--enable-rpc=true',
    `--rpc-listen-port=${rpcPort}`,
    // The files are there: check them, and seed for ever. Without it aria2 refuses to touch files it did not write.
    '--check-integrity=true',
    '--seed-ratio=0.0',
    `--max-overall-upload-limit=${wish.uploadBytesPerSecond ?? 0}`,
    wish.torrentPath,
  ]);
  const call = caller(`http://127.0.0.1:${rpcPort}/jsonrpc`);
  try {
    await until('aria2 answers', START_MS, async () => {
      if (!lab.isRunning()) throw new Error(`aria2c ended:\n${lab.tail()}`);
      return call.ifUp('aria2.getVersion', []);
    });
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  return {
    make: 'aria2',
    address: { host: wish.host, port },
    pid: lab.pid,
    isRunning: lab.isRunning,
    status: () => status(call, lab),
    limitUpload: async (bytesPerSecond) => {
      const limit = { 'max-overall-upload-limit': String(bytesPerSecond ?? 0) };
      await call('aria2.changeGlobalOption', [limit]);
    },
    stall: lab.stall,
    resume: lab.resume,
    isStalled: lab.isStalled,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** What a seed and a downloader have in common: only loopback, and none of the person's own configuration. */
export function aria2Arguments(wish: {
  folder: string;
  host: string;
  port: number;
  pex: boolean;
  dhtNodes: readonly PeerAddress[] | null;
}): string[] {
  const node = wish.dhtNodes?.[0];
  return [
    '--no-conf=true',
    '--disable-ipv6=true',
    `--interface=${wish.host}`,
    `--listen-port=${wish.port}`,
    `--dir=${wish.folder}`,
    '--bt-enable-lpd=false',
    `--enable-peer-exchange=${wish.pex}`,
    `--enable-dht=${wish.dhtNodes !== null}`,
    '--enable-dht6=false',
    `--dht-listen-port=${wish.port}`,
    // Else its table of nodes is kept in the home of whoever runs the tests.
    `--dht-file-path=${join(`${wish.folder}.aria2`, 'dht.dat')}`,
    ...(node === undefined ? [] : [`--dht-entry-point=${node.host}:${node.port}`]),
    '--file-allocation=none',
    '--summary-interval=0',
    '--console-log-level=warn',
  ];
}

function caller(url: string) {
  const wish = (method: string, params: unknown[]) => ({
    url,
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method, params }),
  });
  const read = (body: Buffer) => {
    const answer = JSON.parse(body.toString()) as { result?: unknown; error?: { message: string } };
    if (answer.error !== undefined) throw new Error(`aria2: ${answer.error.message}`);
    return answer.result;
  };
  const call = async (method: string, params: unknown[]) => read((await rpc(wish(method, params))).body);
  return Object.assign(call, {
    /** Null while it does not listen yet. */
    async ifUp(method: string, params: unknown[]) {
      const answer = await rpcOnceUp(wish(method, params));
      return answer === null ? null : read(answer.body);
    },
  });
}

async function status(call: ReturnType<typeof caller>, lab: LabProcess): Promise<SeedStatus> {
  const active = (await call('aria2.tellActive', [['seeder', 'connections', 'uploadLength']])) as {
    seeder?: string;
    connections: string;
    uploadLength: string;
  }[];
  const download = active[0];
  if (download === undefined) {
    const stopped = JSON.stringify(await call('aria2.tellStopped', [0, 1, ['errorMessage']]));
    throw new Error(`aria2c does not seed: ${stopped}\n${lab.tail()}`);
  }
  return {
    seeding: download.seeder === 'true',
    peers: Number(download.connections),
    uploadedBytes: Number(download.uploadLength),
  };
}
