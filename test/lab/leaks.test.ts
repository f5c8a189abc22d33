import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diff, isClean, settledDiff, snapshot } from './leaks.ts';

it('sees what is held, and that it was let go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'raffi-leaks-'));
  const folders = [folder];
  const before = await snapshot({ folders });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  const file = join(folder, 'segment.ts');
  await writeFile(file, 'x');
  const handle = await open(file);
  try {
    const leaks = diff(before, await snapshot({ folders }));
    expect(leaks.resources).toHaveProperty('TCPServerWrap', 1);
    expect(leaks.files).toEqual({ [file]: 1 });
    if (process.platform === 'linux') {
      expect(leaks.descriptors).toHaveProperty([file], 1);
      expect(Object.keys(leaks.children)).toHaveLength(1);
    }
  } finally {
    await handle.close();
    child.stdin.end();
    await once(child, 'close');
    server.close();
    await rm(file);
  }
  const left = await settledDiff(before, { folders });
  expect(left).toEqual({ resources: {}, descriptors: {}, children: {}, files: {} });
  expect(isClean(left)).toBe(true);
  await rm(folder, { recursive: true });
});
