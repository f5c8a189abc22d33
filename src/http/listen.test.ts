import { once } from 'node:events';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { listen } from './listen.ts';

const app = (_request: unknown, response: import('node:http').ServerResponse) => void response.end('hello');
const local = { host: '127.0.0.1', port: 0, portFallback: false };

/** An address of this computer that is not loopback, if it has one. */
const lan = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

test.each(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', ...(lan === undefined ? [] : [lan])])(
  'this computer reaches %s by the IPv4 loopback, and by what was asked for',
  async (host) => {
    const server = await listen(app, { ...local, host });
    expect(server.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const { port } = new URL(server.baseUrl);
    const asked = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    for (const url of [server.baseUrl, asked]) expect(await (await fetch(url)).text()).toBe('hello');
    await server.close();
    for (const url of [server.baseUrl, asked]) await expect(fetch(url)).rejects.toThrow();
  },
);

describe('a port that is taken at 127.0.0.1', () => {
  // The second address is free there: only the loopback socket beside it is not.
  test.each(process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2'] : ['127.0.0.1'])(
    'is an error, or another port: %s',
    async (host) => {
      const stranger = createServer().listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const { port } = stranger.address() as AddressInfo;
      await expect(listen(app, { ...local, host, port })).rejects.toMatchObject({
        code: 'address_in_use',
        message: expect.stringContaining(`127.0.0.1:${port}`),
      });
      const server = await listen(app, { ...local, host, port, portFallback: true });
      expect(server.baseUrl).not.toContain(String(port));
      if (host !== '127.0.0.1') await expect(fetch(`http://${host}:${port}`)).rejects.toThrow();
      await server.close();
      await new Promise((resolve) => stranger.close(resolve));
    },
  );
});

test('an address of another computer is a bad configuration', async () => {
  await expect(listen(app, { ...local, host: '198.51.100.1' })).rejects.toMatchObject({ code: 'bad_config' });
});

test('close ends what would never end by itself', async () => {
  let answering = () => {};
  const answered = new Promise<void>((resolve) => {
    answering = resolve;
  });
  const server = await listen((request, response) => {
    if (request.url === '/events') response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.write('x');
    if (request.url === '/stuck') answering();
  }, local);
  const events = await fetch(`${server.baseUrl}/events`);
  const stuck = await fetch(`${server.baseUrl}/stuck`);
  const silent = net.connect(Number(new URL(server.baseUrl).port), '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  const silentClosed = new Promise((resolve) => silent.once('close', resolve));
  silent.on('error', () => {});
  await answered;
  const closed = server.close();
  expect(server.close()).toBe(closed);
  expect(await events.text()).toBe('x');
  await expect(stuck.text()).rejects.toThrow();
  await Promise.all([closed, silentClosed]);
});

test('close lets an answer under way finish', async () => {
  let finish = () => {};
  let started = () => {};
  const underWay = new Promise<void>((resolve) => {
    started = resolve;
  });
  const server = await listen((_request, response) => {
    finish = () => response.end('done');
    started();
  }, local);
  const answer = fetch(server.baseUrl);
  await underWay;
  const closed = server.close();
  finish();
  expect(await (await answer).text()).toBe('done');
  await closed;
});
