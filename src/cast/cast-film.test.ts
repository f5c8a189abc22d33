import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CastFilm, referenceIn } from './cast-film.ts';
import { profileOf } from './profiles.ts';
import { CastableSessions, TestAccess } from './testing.fixture.ts';

const TTL_SECONDS = 900;
const signal = new AbortController().signal;

let sessions: CastableSessions;
let access: TestAccess;
beforeEach(() => {
  vi.useFakeTimers();
  sessions = new CastableSessions();
  access = new TestAccess(sessions);
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function opened(onStale: () => void = () => {}) {
  const origin = sessions.store.create({
    source: 'http://host.example/film.mkv',
    kind: 'http',
    startTime: 60,
  });
  const deps = { sessions: sessions.store, access, tokenTtlSeconds: TTL_SECONDS };
  const wish = { profile: profileOf({ model: 'Chromecast' }), audioIndex: null, subtitleIndex: 1, onStale };
  return { origin, film: await CastFilm.open(deps, origin.id, wish, signal) };
}

test('is a session of its own: the same source, what the device decodes, and no place to start at', async () => {
  const { origin, film } = await opened();
  expect(sessions.ids).toHaveLength(2);
  expect(sessions.requests.at(-1)).toEqual({
    source: origin.request.source,
    kind: 'http',
    capabilities: profileOf({ model: 'Chromecast' }).capabilities,
    forReceiver: true,
  });
  // In use, however long it is paused.
  expect(sessions.listeners).toBe(2);
  await film.close();
  expect(sessions.listeners).toBe(0);
  expect(sessions.ids).toEqual([origin.id]);
  expect(access.tokens.size).toBe(0);
});

test('its tokens last as long as it does', async () => {
  const onStale = vi.fn();
  const { film } = await opened(onStale);
  const { contentId } = film.offer();
  await vi.advanceTimersByTimeAsync(3 * 3600 * 1000);
  // Both, three times in each quarter of an hour.
  expect(access.renewals).toBe(2 * 3 * 12);
  expect(film.offer().contentId).toBe(contentId);
  expect(onStale).not.toHaveBeenCalled();
  await film.close();
});

describe('the device has to load it again', () => {
  test('when the computer slept longer than a token lasts', async () => {
    const onStale = vi.fn();
    const { film } = await opened(onStale);
    const { contentId } = film.offer();
    access.tokens.clear();
    await vi.advanceTimersByTimeAsync((TTL_SECONDS * 1000) / 3);
    expect(onStale).toHaveBeenCalledTimes(1);
    expect(film.offer().contentId).not.toBe(contentId);
    expect(access.tokens.size).toBe(2);
    await film.close();
  });

  test("when this computer's address is another one", async () => {
    const { film } = await opened();
    expect(await film.renew()).toBe(true);
    access.host = '10.0.0.7';
    expect(await film.renew()).toBe(false);
    expect(film.offer().contentId).toContain('10.0.0.7');
    await film.close();
  });

  test('but not when there is no network just now', async () => {
    const onStale = vi.fn();
    const { film } = await opened(onStale);
    access.tokens.clear();
    access.issueFails = true;
    await vi.advanceTimersByTimeAsync((TTL_SECONDS * 1000) / 3);
    expect(onStale).not.toHaveBeenCalled();
    access.issueFails = false;
    await vi.advanceTimersByTimeAsync((TTL_SECONDS * 1000) / 3);
    expect(onStale).toHaveBeenCalledTimes(1);
    await film.close();
  });
});

test('what cannot be opened leaves nothing', async () => {
  access.issueFails = true;
  await expect(opened()).rejects.toMatchObject({ code: 'no_lan_address' });
  expect(sessions.ids).toHaveLength(1);
  expect(access.tokens.size).toBe(0);
  const deps = { sessions: sessions.store, access };
  const wish = { profile: profileOf({ model: null }), audioIndex: 0, subtitleIndex: null, onStale: () => {} };
  const missing = CastFilm.open(deps, 'nobody', wish, signal);
  await expect(missing).rejects.toMatchObject({ code: 'session_not_found' });
});

test('goes on without the session that it was cast from', async () => {
  const { origin, film } = await opened();
  const reference = referenceIn(film.offer().customData);
  await sessions.store.remove(origin.id);
  expect(await film.renew()).toBe(true);
  const deps = { sessions: sessions.store, access };
  const wish = {
    ...{ audioIndex: 0, subtitleIndex: null },
    profile: profileOf({ model: null }),
    onStale: () => {},
  };
  const castSessionId = reference?.castSessionId ?? '';
  const again = await CastFilm.open(deps, origin.id, { ...wish, castSessionId }, signal);
  expect(again.sessionId).toBe(castSessionId);
  expect(sessions.ids).toEqual([castSessionId]);
  await film.close();
  await again.close();
});

test('a sender that comes later knows it by what the device says', async () => {
  const { origin, film } = await opened();
  const said = JSON.parse(JSON.stringify(film.offer().customData));
  expect(referenceIn(said)).toEqual({
    ...{ sessionId: origin.id, castSessionId: sessions.ids[1], audioIndex: 0, subtitleIndex: 1 },
  });
  await film.close();
  for (const strange of [
    undefined,
    null,
    'x',
    {},
    { raffi: {} },
    { raffi: { ...said.raffi, audioIndex: -1 } },
  ])
    expect(referenceIn(strange)).toBeNull();
});
