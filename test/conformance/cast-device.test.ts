import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film, filmFacts, realClip } from '../lab/media/index.ts';
import { startReceiver } from '../lab/receiver/index.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { expectAllFetched, loads, messages, Watcher } from './cast-rig.ts';
import { Rig } from './rig.ts';

const host = LAN_ADDRESS ?? '';
const RECONNECT = { reconnectPausesMs: Array.from({ length: 8 }, () => 100) };

describe.skipIf(LAN_ADDRESS === undefined)(`casting to a device${LAN_NOTE}`, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({}, { cast: RECONNECT });
  });
  afterAll(() => rig.stop());

  test('devices come and go with what they announce, and nothing is looked for unless somebody listens', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /udp/i.test(name));
    expect(sockets()).toEqual([]);
    await using receiver = await startReceiver({ host, name: 'Comes and goes', model: 'Google TV Streamer' });
    const names = () => rig.core.cast.snapshot().devices.map(({ name }) => name);
    {
      using watcher = new Watcher(rig.core);
      await watcher.device(receiver);
      expect(rig.core.cast.snapshot().devices.find(({ id }) => id === receiver.id)).toEqual({
        id: receiver.id,
        name: 'Comes and goes',
        model: 'Google TV Streamer',
        host,
        port: receiver.port,
        hasVideo: true,
        isManual: false,
      });
      receiver.command({ do: 'leave' });
      await expect.poll(names).not.toContain('Comes and goes');
      receiver.command({ do: 'announce' });
      await watcher.device(receiver);
    }
    await expect.poll(sockets).toEqual([]);
  });

  test.each([
    ['Chromecast', { hlsSegmentFormat: 'ts', hlsVideoSegmentFormat: 'mpeg2_ts' }, /\/stream$/],
    ['Chromecast Ultra', { hlsSegmentFormat: 'fmp4', hlsVideoSegmentFormat: 'fmp4' }, /\/master\.m3u8$/],
  ])('%s plays a film from the middle on, and does what it is told', async (model, formats, path) => {
    await using receiver = await startReceiver({ host, model, name: `Plays as ${model}` });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await realClip('mkv'));
    const { durationSeconds, name } = await rig.view(sessionId);
    const { cast } = rig.core;
    await cast.load({ deviceId: receiver.id, sessionId, startSeconds: 12 });

    const [load] = loads(receiver);
    expect(load).toMatchObject({
      ...{ currentTime: 12, autoplay: true, activeTrackIds: [] },
      media: {
        ...{ contentType: 'application/x-mpegURL', streamType: 'BUFFERED', duration: durationSeconds },
        ...{ ...formats, metadata: { title: name } },
      },
    });
    expect(new URL(load?.media.contentId ?? '').pathname).toMatch(path);
    await receiver.line('status', ({ playerState }) => playerState === 'PLAYING');
    const decoded = receiver.all('decoded').flatMap(({ streams }) => streams);
    expect(decoded.map(({ codec_name }) => codec_name).toSorted()).toEqual(['aac', 'h264']);
    expect(decoded.every(({ nb_read_frames }) => Number(nb_read_frames) > 0)).toBe(true);
    const playing = await watcher.state('playing');
    expect(playing).toMatchObject({ sessionId, title: name, durationSeconds, problem: null });
    expect(playing.device?.id).toBe(receiver.id);
    expect(watcher.states).toEqual(['idle', 'connecting', 'preparing', 'loading', 'playing']);

    await cast.pause();
    await watcher.state('paused');
    await cast.seek(20);
    await expect.poll(() => watcher.status.positionSeconds).toBe(20);
    await cast.play();
    await watcher.state('playing');
    await cast.setVolume(0.25, true);
    await expect.poll(() => watcher.status).toMatchObject({ volume: 0.25, isMuted: true });
    expect(await cast.check(sessionId)).toMatchObject({ ok: true, problem: null });

    const { positionSeconds } = await cast.stop();
    expect(positionSeconds).toBeGreaterThanOrEqual(20);
    expect(watcher.status).toMatchObject({ state: 'idle', device: null, positionSeconds });
    await receiver.line('status', ({ idleReason }) => idleReason === 'CANCELLED');
    expectAllFetched(receiver);
    // What was let in is let in no longer, and the session that was made for it is gone.
    await expect(fetch(load?.media.contentId ?? '')).rejects.toThrow();
    expect(await rig.get('/sessions').then(({ bytes }) => Buffer.from(bytes).toString())).not.toContain(
      load?.media.contentId.split('/')[4] ?? 'x',
    );
    await rig.close(sessionId);
  });

  test.each([
    ['Chromecast', 'h264'],
    ['Chromecast Ultra', 'hevc'],
  ])('%s gets HEVC as %s', async (model, codec) => {
    await using receiver = await startReceiver({ host, model, name: `HEVC as ${codec}` });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await film('hevc-aac-mkv'));
    await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 0 });
    const decoded = receiver.all('decoded').flatMap(({ streams }) => streams);
    expect(decoded.map(({ codec_name }) => codec_name).toSorted()).toEqual(['aac', codec].toSorted());
    await rig.core.cast.stop();
    await rig.close(sessionId);
  });

  test.each(['Chromecast', 'Chromecast Ultra'])('%s changes the sound where it is', async (model) => {
    await using receiver = await startReceiver({ host, model, name: `Sound of ${model}` });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await film('two-audio-mkv'));
    const before = await rig.view(sessionId);
    expect(before.audioIndex).toBe(1);
    await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 2, audioIndex: 0 });
    await rig.core.cast.pause();
    const { positionSeconds } = await watcher.state('paused');
    await rig.core.cast.setTracks({ audioIndex: 1 });
    const [, again] = loads(receiver);
    expect(again).toMatchObject({ autoplay: false });
    expect(again?.currentTime).toBeCloseTo(positionSeconds, 3);
    expect(await watcher.state('paused')).toMatchObject({ audioIndex: 1 });
    const paths = receiver.all('request').map(({ url }) => new URL(url).pathname);
    expect(paths.some((path) => /\/(?:a1\/\d+\.m4s|s\d+a1-\d+\.ts)$/.test(path))).toBe(true);
    // The player that it was cast from is left as it was.
    expect((await rig.view(sessionId)).audioIndex).toBe(1);
    await expect(rig.core.cast.setTracks({ audioIndex: 7 })).rejects.toMatchObject({
      code: 'bad_audio_index',
    });
    await rig.core.cast.stop();
    await rig.close(sessionId);
  });

  test.each(['Chromecast', 'Chromecast Ultra'])(
    '%s shows the subtitles of the film, and those that were added',
    async (model) => {
      await using receiver = await startReceiver({ host, model, name: `Subtitles of ${model}` });
      using watcher = new Watcher(rig.core);
      await watcher.device(receiver);
      const sessionId = await rig.open(await film('subtitles-mkv'));
      const own = filmFacts('subtitles-mkv').subtitles ?? [];
      const added = 'WEBVTT\n\n00:00.500 --> 00:02.000\nAdded\n';
      const answer = await rig.get(`/sessions/${sessionId}/subtitles?language=de`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/vtt' },
        body: added,
      });
      expect(answer.status).toBe(200);
      await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 0, subtitleIndex: 0 });
      const [load] = loads(receiver);
      expect(load?.activeTrackIds).toEqual([1]);
      expect(load?.media.tracks.map(({ trackId }) => trackId)).toEqual([
        ...own.map((_, i) => i + 1),
        own.length + 1,
      ]);
      expect(load?.media.tracks.at(-1)).toMatchObject({ language: 'de' });
      const first = await receiver.line('track', ({ trackId }) => trackId === 1);
      expect(first.cues).toBe(own[0]?.cues.length);
      await watcher.state('playing');
      expect(watcher.status.subtitleIndex).toBe(0);

      await rig.core.cast.setTracks({ subtitleIndex: own.length });
      const last = await receiver.line('track', ({ trackId }) => trackId === own.length + 1);
      expect(last.text).toContain('Added');
      await expect.poll(() => watcher.status.subtitleIndex).toBe(own.length);
      await rig.core.cast.setTracks({ subtitleIndex: null });
      await expect.poll(() => watcher.status.subtitleIndex).toBeNull();
      expect(loads(receiver)).toHaveLength(1);

      // Of what is added now the device has not heard: it loads the film again, where it is.
      const later = 'WEBVTT\n\n00:00.500 --> 00:02.000\nLater\n';
      await rig.get(`/sessions/${sessionId}/subtitles`, { method: 'POST', body: later });
      await rig.core.cast.setTracks({ subtitleIndex: own.length + 1 });
      const shown = await receiver.line('track', ({ trackId }) => trackId === own.length + 2);
      expect(shown.text).toContain('Later');
      await expect.poll(() => watcher.status.subtitleIndex).toBe(own.length + 1);
      expect(loads(receiver)).toHaveLength(2);
      expectAllFetched(receiver);
      await rig.core.cast.stop();
      await rig.close(sessionId);
    },
  );

  test('plays to the end, and gives everything back', async () => {
    await using receiver = await startReceiver({ host, name: 'To the end', speed: 8 });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await film('subtitles-mkv'));
    await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 0, subtitleIndex: 1 });
    const { durationSeconds } = await rig.view(sessionId);
    expect(await watcher.state('ended')).toMatchObject({
      ...{ durationSeconds, positionSeconds: durationSeconds, subtitleIndex: 1 },
    });
    expectAllFetched(receiver);
    await rig.core.cast.stop();
    await rig.close(sessionId);
  });

  test('a speaker shows no pictures, and says so', async () => {
    await using receiver = await startReceiver({ host, name: 'Speaker', model: 'Chromecast Audio' });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await realClip());
    const loading = rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 0 });
    await expect(loading).rejects.toMatchObject({ code: 'cast_refused' });
    expect(messages(receiver.lines, 'LAUNCH')).toEqual([]);
    await rig.close(sessionId);
  });

  describe('what fails is told with its code', () => {
    let sessionId: string;
    beforeAll(async () => {
      sessionId = await rig.open(await realClip());
    });

    test('a device that refuses', async () => {
      await using receiver = await startReceiver({ host, name: 'Refuses', refuseLaunch: true });
      using watcher = new Watcher(rig.core);
      await watcher.device(receiver);
      const loading = rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 3 });
      await expect(loading).rejects.toMatchObject({ code: 'cast_refused', data: { reason: 'NOT_ALLOWED' } });
      expect(watcher.status).toMatchObject({
        state: 'failed',
        positionSeconds: 3,
        problem: { code: 'cast_refused' },
      });
      expect(await rig.core.cast.stop()).toEqual({ positionSeconds: 3 });
    });

    test('a device that is not there, and one that is there no more', async () => {
      const { cast } = rig.core;
      await expect(cast.load({ deviceId: 'nobody', sessionId, startSeconds: 0 })).rejects.toMatchObject({
        code: 'cast_no_device',
      });
      await expect(cast.play()).rejects.toMatchObject({ code: 'cast_no_device' });
      const receiver = await startReceiver({ host, name: 'Soon gone', unannounced: true });
      const device = await cast.addDevice(`${host}:${receiver.port}`);
      expect(device).toMatchObject({ isManual: true, model: null, host, port: receiver.port });
      await receiver[Symbol.asyncDispose]();
      for (const attempt of [
        () => cast.addDevice(`${host}:${receiver.port}`),
        () => cast.load({ deviceId: device.id, sessionId, startSeconds: 0 }),
        () => cast.join(device.id),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'cast_device_unreachable' });
      await cast.stop();
    });

    test('a device that dies in mid-film', async () => {
      await using receiver = await startReceiver({ host, name: 'Dies' });
      using watcher = new Watcher(rig.core);
      await watcher.device(receiver);
      await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 5 });
      await watcher.state('playing');
      await receiver[Symbol.asyncDispose]();
      const failed = await watcher.state('failed');
      expect(failed).toMatchObject({ sessionId, problem: { code: 'cast_device_unreachable' } });
      expect(failed.positionSeconds).toBeGreaterThanOrEqual(5);
      expect(watcher.states).toContain('reconnecting');
      await rig.core.cast.stop();
    });
  });

  test('the player that it was cast from may close', async () => {
    const sessionId = await rig.open(await realClip());
    await using receiver = await startReceiver({ host, name: 'Goes on' });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 5 });
    await rig.close(sessionId);
    receiver.command({ do: 'drop' });
    await expect.poll(() => watcher.states).toContain('reconnecting');
    await watcher.state('playing');
    expect(loads(receiver)).toHaveLength(1);
    await rig.core.cast.seek(15);
    await receiver.line(
      'status',
      ({ playerState, currentTime }) => playerState === 'PLAYING' && currentTime >= 15,
    );
    expectAllFetched(receiver);
    await rig.core.cast.stop();
  });

  test('a connection that drops comes back to the same film', async () => {
    await using receiver = await startReceiver({ host, name: 'Drops' });
    using watcher = new Watcher(rig.core);
    await watcher.device(receiver);
    const sessionId = await rig.open(await realClip());
    await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 1 });
    await watcher.state('playing');
    receiver.command({ do: 'drop' });
    await expect.poll(() => watcher.states).toContain('reconnecting');
    await watcher.state('playing');
    await rig.core.cast.pause();
    await watcher.state('paused');
    expect(loads(receiver)).toHaveLength(1);
    expect(receiver.all('connection').filter(({ what }) => what === 'opened')).toHaveLength(2);
    await rig.core.cast.stop();
    await rig.close(sessionId);
  });
});
