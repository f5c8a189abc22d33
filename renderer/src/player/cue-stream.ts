import type { Cue } from '../../../src/subtitles/cue.ts';
import { parseCueBlock } from '../../../src/subtitles/webvtt/parse-webvtt.ts';

/** Of what is not yet known to be a whole cue; the core writes shorter ones. */
const MAX_REST_CHARS = 64 * 1024;

/** The cues of a WebVTT document, as far as they have come, each time more of it comes. Rejects as the stream does. */
export async function* cuesOf(document: ReadableStream<Uint8Array>): AsyncGenerator<Cue[], void, void> {
  const reader = document.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const blocks = rest.split('\n\n');
      rest = done ? '' : (blocks.pop() ?? '').slice(0, MAX_REST_CHARS);
      const cues = blocks.map((block) => parseCueBlock(block.split('\n').filter((line) => line !== '')));
      yield cues.filter((cue) => cue !== null);
      if (done) return;
    }
  } finally {
    // Whoever leaves early has the core read no further.
    await reader.cancel().catch(() => {});
  }
}
