import { expect, test, vi } from 'vitest';
import { parseTorrentForm } from './torrent-form.ts';

const TORRENT = new File([new Uint8Array([0x64, 0x0d, 0x0a, 0x2d, 0x2d, 0xff, 0x65])], 'film.torrent');

/** A form as a browser sends it. */
async function sent(...fields: [name: string, value: string | File][]) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const response = new Response(form);
  const type = response.headers.get('Content-Type') ?? '';
  return { body: Buffer.from(await response.arrayBuffer()), type };
}

const codeOf = async (body: Buffer, type: string) =>
  parseTorrentForm(body, type).then(
    () => 'read',
    (error: { code: string }) => error.code,
  );

test('the file comes out as it went in, whatever its field is called', async () => {
  const { body, type } = await sent(['torrent', TORRENT]);
  const { torrentFile, options } = await parseTorrentForm(body, type);
  expect([Buffer.from(torrentFile).toString('hex'), options]).toEqual(['640d0a2d2dff65', undefined]);
  const other = await sent(['options', '{"fileIdx":1}'], ['datei', TORRENT]);
  expect(await parseTorrentForm(other.body, other.type)).toMatchObject({ options: '{"fileIdx":1}' });
});

test.each<[string, [string, string | File][]]>([
  ['no file', [['torrent', 'd8:announce']]],
  [
    'two files',
    [
      ['torrent', TORRENT],
      ['torrent', TORRENT],
    ],
  ],
  [
    'a field that nobody knows',
    [
      ['torrent', TORRENT],
      ['source', 'http://host/'],
    ],
  ],
  [
    'options twice',
    [
      ['torrent', TORRENT],
      ['options', '{}'],
      ['options', '{}'],
    ],
  ],
  [
    'many parts',
    [['torrent', TORRENT], ...Array.from({ length: 2000 }, (_, n): [string, string] => [`${n}`, ''])],
  ],
])('a form with %s is refused', async (_what, fields) => {
  const { body, type } = await sent(...fields);
  expect(await codeOf(body, type)).toBe('bad_request');
});

test('what is no form is refused', async () => {
  const { body, type } = await sent(['torrent', TORRENT]);
  expect(await codeOf(body.subarray(0, -6), type)).toBe('bad_request');
  expect(await codeOf(Buffer.from('junk'), type)).toBe('bad_request');
  expect(await codeOf(Buffer.alloc(0), type)).toBe('bad_request');
  expect(await codeOf(body, 'multipart/form-data; boundary=')).toBe('bad_request');
  expect(await codeOf(body, 'multipart/form-data; charset=x')).toBe('bad_request');
  expect(await codeOf(body, 'multipart/form-data; boundary=other')).toBe('bad_request');
});

test('a file that is larger than any .torrent is refused', async () => {
  const { body, type } = await sent(['torrent', new File([new Uint8Array(8 * 1024 * 1024 + 1)], 'x')]);
  expect(await codeOf(body, type)).toBe('body_too_large');
});

test('the parts are counted by the boundary that they are parted by', async () => {
  const parse = vi.spyOn(Response.prototype, 'formData');
  const many = Array.from({ length: 20 }, (_, n): [string, string] => [`${n}`, '']);
  const { body, type } = await sent(['torrent', TORRENT], ...many);
  const disguised = type.replace(';', '; x="; boundary=other";');
  expect(await codeOf(body, disguised)).toBe('bad_request');
  expect(parse).not.toHaveBeenCalled();
  const single = await sent(['torrent', TORRENT]);
  expect(await codeOf(single.body, single.type.replace(';', '; x="; boundary=other";'))).toBe('read');
  expect(parse).toHaveBeenCalledOnce();
  parse.mockRestore();
});
