import { request } from 'node:http';
import { WholeFragments } from '../../renderer/src/player/whole-fragments.ts';
import { fragmentTimes } from '../conformance/fragment-times.ts';

/** Chromium starts with four pictures; sound as long is a handful of frames. */
const PLAYABLE_SECONDS = 0.25;

/**
 * Reads a CMAF segment until its whole fragments last a quarter of a second, and goes away.
 *
 * @param init its rendition's init segment
 */
export function firstPlayable(url: URL, init: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false }, (response) => {
      const fragments = new WholeFragments();
      let whole = Buffer.alloc(0);
      response.on('data', (chunk: Buffer) => {
        const more = fragments.push(chunk);
        if (!more) return;
        whole = Buffer.concat([whole, more]);
        const { startSeconds, endSeconds } = fragmentTimes(init, whole);
        if (endSeconds - startSeconds < PLAYABLE_SECONDS) return;
        resolve();
        sent.destroy();
      });
      response.on('end', () => reject(new Error(`${url.pathname} ended before it was playable`)));
    });
    sent.on('error', reject);
    sent.end();
  });
}
