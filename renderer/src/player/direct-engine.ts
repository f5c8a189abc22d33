import { failureOf } from '../api/problem.ts';
import type { Engine, EngineHost } from './engine.ts';
import { trackOf } from './symptom.ts';

/** Plays the source as it is: `<video src>` by range through the core's cache. One audio track, the file's default. */
export function createDirectEngine(url: string, host: EngineHost): Engine {
  const { video } = host;
  const probing = new AbortController();
  let position = host.startSeconds ?? 0;
  let destroyed = false;

  const remember = () => {
    if (video.readyState > 0 && video.error === null) position = video.currentTime;
  };
  const onError = () => void explain();
  video.addEventListener('timeupdate', remember);
  video.addEventListener('error', onError);
  load();

  function load() {
    video.src = url;
    // Before metadata, this is the default playback start position (HTML §4.8.11.6).
    video.currentTime = position;
  }

  /** A media element does not tell an answer's status; asking for one byte does. */
  async function explain() {
    const message = video.error?.message ?? '';
    try {
      const response = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal: probing.signal });
      const body = response.ok ? '' : await response.text();
      await response.body?.cancel();
      if (destroyed) return;
      if (response.ok)
        host.onFailure({
          kind: 'media',
          message: message === '' ? 'It stopped.' : `${message}.`,
          symptom: { problem: 'decode_error', track: trackOf(message) },
        });
      else
        host.onFailure({
          kind: 'refused',
          failure: failureOf(response.status, body),
          status: response.status,
        });
    } catch {
      if (!destroyed) host.onFailure({ kind: 'unreachable' });
    }
  }

  return {
    way: 'direct',
    selectAudio: () => {},
    selectPicture: () => {},
    goLive: () => {},
    resume: () => {
      if (video.error === null) return;
      const wasPaused = video.paused;
      load();
      if (!wasPaused) void video.play().catch(() => {});
    },
    destroy: () => {
      destroyed = true;
      probing.abort();
      video.removeEventListener('timeupdate', remember);
      video.removeEventListener('error', onError);
      video.removeAttribute('src');
      video.load();
    },
  };
}
