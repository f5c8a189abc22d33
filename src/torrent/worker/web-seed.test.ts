import { EventEmitter, once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Torrent } from 'webtorrent';
import { parseAddressRanges } from '../address-ranges.ts';
import { WebSeed, type WebSeedOptions } from './web-seed.ts';

const PIECE_BYTES = 32 * 1024;
const BLOCK_BYTES = 16 * 1024;
const FILM = Buffer.alloc(3 * PIECE_BYTES, 'The film. ');

const endings: (() => unknown)[] = [];
afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

async function serve(answer: RequestListener, host = '127.0.0.1') {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range}`);
    answer(request, response);
  });
  await once(server.listen(0, host), 'listening');
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, named: `http://localhost:${port}`, asked };
}

/** Answers with the part that was asked for. */
const part: RequestListener = ({ headers }, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const [start, end] = [Number(first), Number(last) + 1];
  response
    .writeHead(206, { 'Content-Range': `bytes ${start}-${end - 1}/${FILM.length}` })
    .end(FILM.subarray(start, end));
};

/** What a web seed knows of its torrent. */
function torrentOf(files: [filePath: string, length: number][] = [['film.mkv', FILM.length]]) {
  let offset = 0;
  const laid = files.map(([filePath, length]) => {
    offset += length;
    return { path: filePath, length, offset: offset - length };
  });
  const torrent = { pieceLength: PIECE_BYTES, pieces: Array(3), files: laid };
  return Object.assign(new EventEmitter(), torrent) as unknown as Torrent;
}

function seedOf(url: string, torrent = torrentOf(), options: Partial<WebSeedOptions> = {}) {
  const warnings: Error[] = [];
  torrent.on('warning', (error: Error) => warnings.push(error));
  const seed = new WebSeed(url, torrent, { blocked: null, userAgent: 'test', ...options });
  endings.push(() => seed.destroy());
  const block = (index = 0, offset = 0) =>
    new Promise<Buffer>((resolve, reject) => {
      void seed.httpRequest(index, offset, BLOCK_BYTES, (error, bytes) =>
        error ? reject(error) : resolve(Buffer.from(bytes ?? [])),
      );
    });
  return { seed, block, warnings };
}

test('a block is the range of the file', async () => {
  const { url, asked } = await serve(part);
  const { block } = seedOf(`${url}/the%20film?key=5`, undefined, { isPublic: () => true });
  expect((await block(1, BLOCK_BYTES)).equals(FILM.subarray(49152, 65536))).toBe(true);
  expect(asked).toEqual(['/the%20film?key=5 bytes=49152-65535']);
});

test('a block over several files is put together', async () => {
  const { url, asked } = await serve(part);
  const names = [
    path.join('A film', '50% #1?.mkv'),
    path.join('A film', 'nothing'),
    path.join('A film', 'b'),
  ];
  const torrent = torrentOf([
    [names[0] ?? '', 1000],
    [names[1] ?? '', 0],
    [names[2] ?? '', 3 * PIECE_BYTES - 1000],
  ]);
  const bytes = await seedOf(`${url}/here`, torrent).block();
  expect(bytes.equals(Buffer.concat([FILM.subarray(0, 1000), FILM.subarray(0, BLOCK_BYTES - 1000)]))).toBe(
    true,
  );
  expect(asked.sort()).toEqual([
    '/here/A%20film/50%25%20%231%3F.mkv bytes=0-999',
    '/here/A%20film/b bytes=0-15383',
  ]);
});

test('a whole file is taken where it is what was asked for', async () => {
  const { url } = await serve((_, response) => response.end(FILM.subarray(0, BLOCK_BYTES)));
  expect((await seedOf(url, torrentOf([['a', BLOCK_BYTES]])).block()).length).toBe(BLOCK_BYTES);
});

test('one that sends the whole film for each block is given up at once', async () => {
  let onCut = () => {};
  const cut = new Promise<void>((resolve) => {
    onCut = resolve;
  });
  const { url, asked } = await serve((_, response) => {
    response.writeHead(200, { 'Content-Length': 2 ** 40 });
    response.write(Buffer.alloc(1024));
    response.on('close', onCut);
  });
  const { seed, block, warnings } = seedOf(url);
  const closed = once(seed, 'finish');
  await expect(block()).rejects.toThrow(/no parts/);
  await Promise.all([closed, cut]);
  expect(warnings).toEqual([expect.objectContaining({ message: expect.stringMatching(/no parts/) })]);
  expect(asked.length).toBe(1);
});

test.each<[string, RequestListener, RegExp]>([
  [
    'another part',
    (_, response) => response.writeHead(206, { 'Content-Range': 'bytes 5-9/10' }).end('12345'),
    /another part/,
  ],
  [
    'less',
    (_, response) =>
      response.writeHead(206, { 'Content-Range': `bytes 0-${BLOCK_BYTES - 1}/99999` }).end('12345'),
    /too early/,
  ],
  [
    'more and more',
    (_, response) => {
      response.writeHead(206, { 'Content-Range': `bytes 0-${BLOCK_BYTES - 1}/99999` });
      const more = () => void response.write(Buffer.alloc(65536), (error) => error ?? more());
      more();
    },
    /size/,
  ],
  ['no page', (_, response) => response.writeHead(404).end('none'), /404/],
  [
    'nothing but redirects',
    (request, response) => response.writeHead(302, { Location: `${request.url}x` }).end(),
    /redirects/,
  ],
])('one that sends %s fails, and is asked again later', async (_what, answer, reason) => {
  const { url } = await serve(answer);
  const { block, seed, warnings } = seedOf(url);
  await expect(block()).rejects.toThrow(reason);
  const ended: string[] = [];
  seed.on('finish', () => ended.push('finish'));
  await expect(block()).rejects.toThrow(reason);
  expect([warnings, ended]).toEqual([[], []]);
});

test('a redirect is followed', async () => {
  const there = await serve(part);
  const { url } = await serve((_, response) =>
    response.writeHead(302, { Location: `${there.url}/there` }).end(),
  );
  expect((await seedOf(url).block()).length).toBe(BLOCK_BYTES);
  expect(there.asked).toEqual(['/there bytes=0-16383']);
});

test.each([
  ['a metadata service', 'http://169.254.169.254/latest', /reserved/],
  ['what is no file at home', '/apply.cgi?reboot=1', /private network/],
  ['the same by a name', 'NAMED/apply.cgi?reboot=1', /private network/],
])('a redirect to %s is not', async (_what, location, reason) => {
  const named = { url: '' };
  const {
    url,
    named: own,
    asked,
  } = await serve((_, response) =>
    response.writeHead(302, { Location: location.replace('NAMED', named.url) }).end(),
  );
  named.url = own;
  const { block, seed } = seedOf(`${url}/film`);
  const closed = once(seed, 'finish');
  await expect(block()).rejects.toThrow(reason);
  await closed;
  expect(asked).toEqual(['/film bytes=0-16383']);
});

// Only there is all of 127/8 this computer.
test.runIf(process.platform === 'linux')('one on the internet does not lead home', async () => {
  const home = await serve(part);
  const { url } = await serve(
    (_, response) => response.writeHead(302, { Location: `${home.url}/film` }).end(),
    '127.0.0.2',
  );
  const isPublic = (address: string) => address === '127.0.0.2';
  await expect(seedOf(url, undefined, { isPublic }).block()).rejects.toThrow(/internet/);
  expect(home.asked).toEqual([]);
});

test('a blocked one is not asked', async () => {
  const { url, named, asked } = await serve(part);
  const blocked = parseAddressRanges('127.0.0.0/8\n::1');
  for (const at of [url, named]) {
    await expect(seedOf(at, undefined, { blocked }).block()).rejects.toThrow(/blocked/);
  }
  expect(asked).toEqual([]);
});
