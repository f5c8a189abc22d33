import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeWithSwarm } from '../../support/swarm-gate.ts';
import { contentPaths, layContent } from './content.ts';
import { temporaryFolder } from './owner.ts';
import { magnetLink, makeTorrent } from './torrent-file.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const KIB = 1024;

describeWithSwarm('a .torrent', {}, () => {
  it('holds what was wished, as aria2 reads it', async () => {
    await using folder = await temporaryFolder('raffi-torrent-file-');
    const content = {
      name: 'pack',
      files: { 'one.mkv': Buffer.alloc(100 * KIB, 1), 'subs/one.srt': Buffer.from('1') },
    };
    await layContent(content, folder.path);
    const path = join(folder.path, 'pack.torrent');
    const made = await makeTorrent({
      path,
      folder: folder.path,
      files: contentPaths(content),
      pieceLengthBytes: 16 * KIB,
      isPrivate: true,
      trackers: ['http://127.0.0.1:1/announce'],
      webSeeds: ['http://127.0.0.1:2/'],
    });
    expect(made.pieceCount).toBe(7);
    const { stdout } = await promisify(execFile)('aria2c', ['--show-files', path]);
    const shown = stdout.replaceAll(/ +/g, ' ');
    expect(shown).toContain(`Info Hash: ${made.infoHash}`);
    expect(shown).toContain('Piece Length: 16KiB');
    expect(shown).toContain('The Number of Pieces: 7');
    expect(shown).toContain('http://127.0.0.1:1/announce');
    expect(shown).toContain('http://127.0.0.1:2/');
    expect(shown).toMatch(/1\|\.\/pack\/one\.mkv.*2\|\.\/pack\/subs\/one\.srt/s);
    // aria2 does not say whether a torrent is private.
    expect(await readFile(path, 'latin1')).toContain('7:privatei1e');
  });

  it.each([
    ['v1', 40],
    ['hybrid', 40],
    ['v2', 64],
  ] as const)('of version %s has a hash of %i digits', async (version, digits) => {
    await using folder = await temporaryFolder('raffi-torrent-file-');
    await layContent({ files: { 'a.bin': Buffer.alloc(40 * KIB, 7) } }, folder.path);
    const where = { path: join(folder.path, 'a.torrent'), folder: folder.path, files: ['a.bin'] };
    const { infoHash } = await makeTorrent({ ...where, pieceLengthBytes: 16 * KIB, version });
    expect(infoHash).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
  });
});

it('makes magnet links of either hash', () => {
  expect(magnetLink(HASH)).toBe(`magnet:?xt=urn:btih:${HASH}`);
  expect(magnetLink(HASH, { name: 'a b', trackers: ['udp://[::1]:1/x'], peers: ['127.0.0.2:5'] })).toBe(
    `magnet:?xt=urn:btih:${HASH}&dn=a%20b&tr=udp%3A%2F%2F%5B%3A%3A1%5D%3A1%2Fx&x.pe=127.0.0.2%3A5`,
  );
  expect(magnetLink(HASH.padEnd(64, '0'))).toContain('urn:btmh:12200123456789abcdef');
});
