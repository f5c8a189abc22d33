import { expect, test } from 'vitest';
import { PROJECT } from '../setup/project.ts';
import { collectNotices } from './notices.ts';

/** Licences under which a package may be part of a program under the MIT licence. */
const PERMISSIVE =
  /^(?:MIT|ISC|0BSD|BSD(?:-[23]-Clause)?|Apache-2\.0|BlueOak-1\.0\.0|OFL-1\.1|CC0-1\.0|Unlicense|\(MIT OR [^)]+\))$/;
/** Weak copyleft, file by file (MPL §3.3): their own sources stay open, and the notice says where they are. */
const MPL = /^MPL[- ]2\.0$/;
/** Its wrapper is a program of its own beside ours, with the binary it carries. */
const PROGRAMS = ['ffmpeg-static'];

test('every package that goes into the app may, and its licence goes with it', async () => {
  const notices = await collectNotices(PROJECT);
  const names = notices.map(({ name }) => name);
  // Ours, what torrents need, what the window needs, and what only those need.
  expect(names).toEqual(
    expect.arrayContaining(['express', 'webtorrent', 'utp-native', 'hls.js', 'bencode', 'k-bucket']),
  );
  const others = notices.filter(({ name, license }) => !PERMISSIVE.test(license) && !PROGRAMS.includes(name));
  expect(others.filter(({ license, source }) => !MPL.test(license) || source === null)).toEqual([]);
  expect(notices.filter(({ text }) => text === '')).toEqual([]);
});
