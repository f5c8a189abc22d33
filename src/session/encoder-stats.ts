import type { EncoderSlots } from '../ffmpeg/encode/slots.ts';
import type { Delivery } from '../plan/types.ts';
import type { EncoderStats } from './types.ts';

/** The encoders that are under way for a session. */
export function encodersOf(
  sessionId: string,
  slots: Record<'video' | 'audio', EncoderSlots>,
): EncoderStats[] {
  return [...slots.video.reports, ...slots.audio.reports].flatMap(({ id, ...report }) => {
    const [session, delivery, rendition = ''] = id.split('/');
    return session === sessionId ? [{ delivery: delivery as Delivery, rendition, ...report }] : [];
  });
}
