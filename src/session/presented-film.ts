import type { ManifestAccess } from '../adaptive/manifest-access.ts';
import { type ManifestKind, manifestKind, SNIFFED_BYTES } from '../adaptive/manifest-kind.ts';
import { openPresentation } from '../adaptive/open-presentation.ts';
import { probeWithFfprobe } from '../probe/ffprobe.ts';
import type { ByteSource, SourceInfo } from '../source/byte-source.ts';
import type { Film } from './deliver.ts';
import type { FilmOptions } from './film.ts';

/** Whether a source is no film but says where one is. Reads what the first request has brought. */
export async function manifestKindOf(
  source: ByteSource,
  { contentType }: SourceInfo,
  signal: AbortSignal,
): Promise<ManifestKind | null> {
  return manifestKind(await source.read(0, SNIFFED_BYTES, signal), contentType);
}

/** A film, or a live stream, that is cut by its origin. @throws what `openPresentation` throws. */
export async function openPresentedFilm(
  { capabilities, encoders, onStage }: FilmOptions,
  { kind, info, access }: { kind: ManifestKind; info: SourceInfo; access: ManifestAccess },
  signal: AbortSignal,
): Promise<Film> {
  const means = access.open();
  try {
    const opened = await openPresentation(
      {
        ...means,
        kind,
        url: access.url,
        capabilities,
        examine: (source, running) => probeWithFfprobe(source, encoders.tools, running),
      },
      signal,
    );
    onStage('plan');
    return {
      info,
      media: opened.media,
      decisions: {
        mpegts: { ...opened.decision, delivery: 'mpegts' },
        cmaf: opened.decision,
        direct: {
          playable: false,
          reason: 'The link leads to a playlist, whose segments are fetched one by one.',
        },
      },
      setbacks: [],
      beside: [],
      container: null,
      packaging: opened.presentation,
      missingEncoder: null,
    };
  } catch (error) {
    await Promise.all([means.resources.close(), means.store.close()]);
    throw error;
  }
}
