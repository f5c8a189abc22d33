import type { AudioStream } from '../probe/media-info.ts';
import { primaryLanguage } from './language.ts';

/**
 * The audio track a film starts with: the one its author marked as default, else the first in a language of the viewer's list, else the first;
 * null when it has none. A mark on every track tells nothing, and one on several leaves the choice among them to the list.
 *
 * @param languages BCP 47 tags, the dearest first
 */
export function defaultAudioPosition(
  audio: readonly Pick<AudioStream, 'position' | 'language' | 'isDefault'>[],
  languages: readonly string[] = [],
): number | null {
  const marked = audio.filter(({ isDefault }) => isDefault);
  const candidates = marked.length > 0 ? marked : audio;
  for (const wanted of languages.map(primaryLanguage)) {
    const spoken = wanted !== null && candidates.find(({ language }) => primaryLanguage(language) === wanted);
    if (spoken) return spoken.position;
  }
  return candidates[0]?.position ?? null;
}
