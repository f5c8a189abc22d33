import { expect, test } from 'vitest';
import { type Item, linkTo, requestOf } from './item.ts';

const LINK = 'magnet:?xt=urn:btih:abc';
const session = { kind: 'session', id: 'x', name: 'E2.mkv' } as const;

test.each<[Item, string | null, object | null]>([
  [{ kind: 'url', url: LINK, name: 'Show' }, LINK, { source: LINK }],
  [session, null, null],
  [{ ...session, from: { link: LINK, fileIdx: 2 } }, LINK, { source: LINK, kind: 'torrent', fileIdx: 2 }],
])('%j comes from %j, and is opened by %j', (item, link, request) => {
  expect(linkTo(item)).toBe(link);
  expect(requestOf(item)).toEqual(request);
});
