import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { type LabReceiver, startReceiver } from '../lab/receiver/index.ts';
import { startOtherSender } from '../lab/receiver/other-sender.ts';
import { testWithOtherSender } from '../support/cast-gate.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { dropFile, leaveFilm, openLink, screen, sessions, untilPlaying } from './player.ts';
import { placeOf, televisionOf } from './television.ts';

/** Two words on one place: a device and a player round to their own frames. */
const SAME_SECOND = 0.25;
const PATIENCE_MS = 30_000;
/** Nobody's own is called so. */
const TV = 'Living room (lab)';

/** Films of 20 s go to a television that is a process of its own, and come back. The tests are one evening: each begins where the last ended. */
describe.skipIf(LAN_ADDRESS === undefined)(`a film on a television${LAN_NOTE}`, () => {
  let app: RunningApp;
  let origin: Origin;
  let tv: LabReceiver;

  beforeAll(async () => {
    origin = await startOrigin({
      files: {
        '/two.mkv': await film('two-audio-mkv'),
        '/long.mkv': await film('gop10-mkv'),
        '/subtitles.mkv': await film('subtitles-mkv'),
      },
    });
    tv = await startReceiver({ host: LAN_ADDRESS ?? '', name: TV, model: 'Chromecast Ultra' });
    app = await launchApp();
    await app.ready();
    await openLink(app.page, origin.url('/two.mkv'));
    await untilPlaying(app, 1);
  });
  afterAll(async () => {
    await app?.close();
    await tv?.[Symbol.asyncDispose]();
    await origin?.close();
  });

  const { dialog, remote, button, enabled, video, shown, loads, pauseHere, untilReady, pick, untilOnTv } =
    televisionOf(() => ({ page: app.page, tv }));

  test('a device of the network is listed, and Escape leads back to the button', async () => {
    await app.page.keyboard.press('c');
    await dialog().getByRole('button', { name: TV }).getByText('Chromecast Ultra').waitFor();
    await screen(app.page, 'cast-devices');
    await app.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect
      .poll(() => app.page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Play on a TV');
  });

  test('it plays there from the second it was at here, and is let go of here', async () => {
    const left = await pauseHere();
    await pick();
    const { currentTime } = await tv.line('status', ({ playerState }) => playerState === 'PLAYING');
    expect(Math.abs(currentTime - left)).toBeLessThan(SAME_SECOND);
    expect((await video()).readyState).toBe(0);
    await untilOnTv();
    // The television tells its position seldom; what is shown runs on between.
    await expect.poll(async () => Math.abs((await shown()) - placeOf(tv))).toBeLessThan(SAME_SECOND);
    await screen(app.page, 'cast-playing');
  });

  test('the keys of the player are the keys of the television', async () => {
    await app.page.keyboard.press('k');
    await tv.line('status', ({ playerState }) => playerState === 'PAUSED');
    await remote().getByRole('button', { name: 'Play', exact: true }).waitFor();
    await app.page.keyboard.press('4');
    const seek = await tv.line('message', ({ payload }) => payload.type === 'SEEK');
    expect(Math.abs(Number(seek.payload.currentTime) - 8)).toBeLessThan(SAME_SECOND);
    await button('Forward 10 seconds').click();
    await tv.line('message', ({ payload }) => payload.type === 'SEEK' && Number(payload.currentTime) > 17);
    await app.page.keyboard.press('4');
    await app.page.keyboard.press('ArrowDown');
    await tv.line('message', ({ payload }) => payload.type === 'SET_VOLUME');
    await app.page.keyboard.press('m');
    await button('Unmute').waitFor();
    await app.page.keyboard.press('m');
    await button('Mute').waitFor();
  });

  test('another audio track waits at the same place, as the film did', async () => {
    await button('Audio: German').click();
    await app.page.getByRole('menuitemradio', { name: /English/ }).click();
    await button('Audio: English').waitFor();
    await expect.poll(() => loads().length).toBe(2);
    expect(Math.abs(Number(loads()[1]?.payload.currentTime) - 8)).toBeLessThan(SAME_SECOND);
    await expect.poll(() => tv.all('status').at(-1)?.playerState).toBe('PAUSED');
    await remote().getByRole('button', { name: 'Play', exact: true }).and(enabled()).waitFor();
  });

  test('stopped there, it goes on here where it was there', async () => {
    const left = tv.all('status').at(-1)?.currentTime ?? -1;
    await button('Stop casting').click();
    await remote().waitFor({ state: 'detached' });
    await tv.line('status', ({ idleReason }) => idleReason === 'CANCELLED');
    await untilReady();
    const here = await video();
    expect(Math.abs(here.seconds - left)).toBeLessThan(SAME_SECOND);
    expect(here.isPaused).toBe(true);
    await button('Audio: English').waitFor();
    await app.page.keyboard.press('k');
    await untilPlaying(app, left + 0.5);
  });

  test('a film that plays there plays on here', async () => {
    await app.page.keyboard.press('2');
    await pick();
    await untilOnTv();
    await button('Stop casting').click();
    await untilPlaying(app, 4);
  });

  test('a film that has ended there begins there again', async () => {
    await pauseHere();
    await app.page.keyboard.press('9');
    await pick();
    await button('Play again').click({ timeout: PATIENCE_MS });
    await expect.poll(() => loads().at(-1)?.payload.currentTime).toBe(0);
    await untilOnTv();
    await button('Stop casting').click();
    await untilPlaying(app);
  });

  test('a core that dies casts it again, where it was', async () => {
    await app.page.keyboard.press('0');
    await pick();
    await untilOnTv();
    const before = loads().length;
    process.kill(app.corePid(), 'SIGKILL');
    await expect.poll(() => loads().length).toBe(before + 1);
    expect(Number(loads().at(-1)?.payload.currentTime)).toBeGreaterThan(0);
    await untilOnTv();
    await button('Stop casting').click();
    await untilPlaying(app);
    // The television had one of its own.
    await expect.poll(async () => (await sessions(app)).length).toBe(1);
  });

  test('a television that is lost is looked for, and the film is where it was by then', async () => {
    // Twice as long as the others: it takes a while to find a television that was mute.
    await leaveFilm(app.page);
    await openLink(app.page, origin.url('/long.mkv'));
    await untilPlaying(app);
    await pick();
    await untilOnTv();
    const told = tv.all('status').at(-1)?.currentTime ?? -1;
    await expect.poll(shown).toBeGreaterThan(told + 1);
    tv.command({ do: 'hush', on: true });
    tv.command({ do: 'drop' });
    await remote().getByText(`No contact with ${TV}`).waitFor();
    await screen(app.page, 'cast-lost');
    expect(await shown()).toBeGreaterThan(told + 1);
    tv.command({ do: 'hush', on: false });
    await untilOnTv();
    await expect.poll(async () => Math.abs((await shown()) - placeOf(tv))).toBeLessThan(SAME_SECOND);
    await button('Stop casting').click();
    await untilPlaying(app);
  });

  test('its subtitles go there with it, are changed there, and come back', async () => {
    await leaveFilm(app.page);
    await openLink(app.page, origin.url('/subtitles.mkv'));
    await untilPlaying(app);
    await app.page.keyboard.press('s');
    await button('Subtitles: English').waitFor();
    await pauseHere();
    await pick();
    expect((await tv.line('track')).text).toContain('First');
    expect(loads().at(-1)?.payload.activeTrackIds).toHaveLength(1);
    await untilOnTv();
    await app.page.keyboard.press('k');
    await app.page.keyboard.press('s');
    await screen(app.page, 'cast-subtitles');
    await app.page.getByRole('menuitemradio', { name: /German/, checked: false }).click();
    await tv.line('track', ({ text }) => text.includes('Plain'));
    await button('Subtitles').click();
    await app.page.getByRole('menuitemradio', { name: /German/, checked: true }).waitFor();
    await app.page.keyboard.press('Escape');
    await button('Stop casting').click();
    await untilReady();
    await button('Subtitles: German').waitFor();
    // Off there is off here as well.
    await pick();
    await untilOnTv();
    await button('Subtitles').click();
    await app.page.getByRole('menuitemradio', { name: 'Off', checked: false }).click();
    await tv.line(
      'message',
      ({ payload: { type, activeTrackIds } }) =>
        type === 'EDIT_TRACKS_INFO' && Array.isArray(activeTrackIds) && activeTrackIds.length === 0,
    );
    // And a file that falls onto the remote control goes there.
    await dropFile(app.page, 'Mine.srt', '1\n00:00:00,000 --> 00:00:20,000\nMine\n');
    await tv.line('track', ({ text }) => text.includes('Mine'));
    await remote()
      .getByRole('button', { name: 'Play', exact: true })
      .or(button('Pause'))
      .and(enabled())
      .waitFor();
    await button('Stop casting').click();
    await untilReady();
    await button('Subtitles: Mine.srt').waitFor();
  });

  testWithOtherSender('whoever ends it from elsewhere leaves it waiting here', async () => {
    await pick();
    await untilOnTv();
    await app.page.keyboard.press('k');
    await remote().getByRole('button', { name: 'Play', exact: true }).waitFor();
    const left = tv.all('status').at(-1)?.currentTime ?? -1;
    await using other = await startOtherSender(tv.host, tv.port);
    await other.do('quit');
    await app.page.getByText(`The film was stopped on ${TV}.`).waitFor();
    await untilReady();
    const here = await video();
    expect(here.isPaused).toBe(true);
    expect(Math.abs(here.seconds - left)).toBeLessThan(SAME_SECOND);
  });

  test('where nothing is found it says what to look at; a test tells whether a TV could fetch the film', async () => {
    await app.page.keyboard.press('c');
    await dialog().getByRole('button', { name: TV }).waitFor();
    tv.command({ do: 'leave' });
    await dialog().getByRole('button', { name: TV }).waitFor({ state: 'detached' });
    // Whoever has a television at home still finds that.
    const others = dialog().getByRole('listitem').getByRole('button');
    await dialog().getByText('No device found yet').or(others).first().waitFor();
    await button('Test the connection').click();
    await dialog().getByText('A TV can fetch this film').waitFor();
    await screen(app.page, 'cast-nothing');
    await app.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  test('a device that refuses says so, and the film waits here', async () => {
    await using hotel = await startReceiver({
      host: LAN_ADDRESS ?? '',
      name: 'Hotel TV',
      refuseLaunch: true,
      unannounced: true,
    });
    await app.page.keyboard.press('1');
    const left = await pauseHere();
    await app.page.keyboard.press('c');
    await app.page.fill('#cast-address', 'no such place');
    await button('Add').click();
    await dialog().getByRole('alert').getByText('192.168.1.20').waitFor();
    await app.page.fill('#cast-address', `${hotel.host}:${hotel.port}`);
    await button('Add').click();
    await dialog()
      .getByRole('button', { name: `${hotel.host}:${hotel.port}` })
      .click();
    const refusal = app.page.getByRole('alert').and(app.page.locator('[data-code=cast_refused]'));
    await refusal.waitFor();
    await screen(app.page, 'cast-refused');
    await refusal.getByRole('button', { name: 'Play here' }).click();
    await remote().waitFor({ state: 'detached' });
    await untilReady();
    expect((await video()).seconds).toBeGreaterThan(left - SAME_SECOND);
  });

  test.each([
    ['leaves the film', () => leaveFilm(app.page)],
    ['loads the window anew', () => app.page.reload()],
  ])('whoever %s takes it from the television', async (_what, leave) => {
    tv.command({ do: 'announce' });
    await pick();
    await untilOnTv();
    const leftAtMs = Date.now();
    await leave();
    await tv.line('status', ({ idleReason, atMs }) => idleReason === 'CANCELLED' && atMs > leftAtMs);
    await expect.poll(() => sessions(app)).toEqual([]);
    await openLink(app.page, origin.url('/two.mkv'));
    await untilPlaying(app);
  });

  test('whoever quits takes the film from the television, and leaves nothing behind', async () => {
    await pick();
    await untilOnTv();
    const quitAtMs = Date.now();
    expect(await app.close()).toEqual([]);
    await tv.line('status', ({ idleReason, atMs }) => idleReason === 'CANCELLED' && atMs > quitAtMs);
  });
});
