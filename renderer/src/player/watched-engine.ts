import type { MediaInfo } from '../../../src/probe/media-info.ts';
import type { ApiClient } from '../api/client.ts';
import { createDirectEngine } from './direct-engine.ts';
import type { Engine, EngineHost } from './engine.ts';
import { createHlsEngine } from './hls-engine.ts';
import { watchPlayback } from './watch-playback.ts';
import type { Way } from './ways.ts';

/** What is played: a session of the core, and what is known of its tracks. */
export interface Playable {
  sessionId: string;
  media: MediaInfo | undefined;
}

/** The engine of a way. It fails, too, when what plays is silent or shows nothing, where its tracks are known. */
export function createEngine(
  way: Way,
  api: ApiClient,
  { sessionId, media }: Playable,
  host: EngineHost,
): Engine {
  const engine =
    way === 'hls'
      ? createHlsEngine(api.masterUrl(sessionId), host)
      : createDirectEngine(api.directUrl(sessionId), host);
  if (media === undefined) return engine;
  const stopWatching = watchPlayback(host.video, media, (symptom) => {
    const message = symptom.problem === 'silent' ? 'No sound came.' : 'No picture came.';
    host.onFailure({ kind: 'media', message, symptom });
  });
  return {
    ...engine,
    destroy: () => {
      stopWatching();
      engine.destroy();
    },
  };
}
