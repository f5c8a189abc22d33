import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';

const app = (_request: unknown, response: import('node:http').ServerResponse) => void response.end('hello');
const local = { host: '127.0.0.1', port: 0, portFallback: false };

test('gives the real address', async () => {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
    const server = await listen(app, { ...local, host });
    expect(server.baseUrl).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):[1-9]\d*$/);
    expect(await (await fetch(server.baseUrl)).text()).toBe('hello');
    await server.close();
    await expect(fetch(server.baseUrl)).rejects.toThrow();
  }
});

test('a taken port is an error, or another port', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => stranger.once('listening', resolve));
  const { port } = stranger.address() as AddressInfo;
  await expect(listen(app, { ...local, port })).rejects.toMatchObject({
    code: 'address_in_use',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
  const server = await listen(app, { ...local, port, portFallback: true });
  expect(server.baseUrl).not.toContain(String(port));
  await server.close();
  await new Promise((resolve) => stranger.close(resolve));
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
