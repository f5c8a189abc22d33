import type { Stage, StageReport } from '../../../src/session/types.ts';

const TEXTS: Record<Stage, string> = {
  idle: 'Getting ready…',
  resolve: 'Looking up the address…',
  connect: 'Connecting to host…',
  metadata: 'Looking for people who share this…',
  first_piece: 'Loading the first piece…',
  probe: 'Examining the film…',
  plan: 'Reading index…',
  first_byte: 'Loading the first seconds…',
  ready: 'Buffering…',
  failed: 'This did not work.',
};

const CONVERTING = { picture: 'Converting the picture…', sound: 'Converting the sound…' } as const;

/**
 * What the person waits for, in a line. A host, where known, makes "connecting" concrete.
 *
 * @param converted what is encoded while it plays: the wait for bytes is then mostly the encoder's
 */
export function stageText(
  stage: StageReport | null,
  host: string | null,
  converted: 'picture' | 'sound' | null = null,
): string {
  if (stage === null) return 'Opening…';
  if (converted !== null && stage.stage === 'first_byte') return CONVERTING[converted];
  // Later on, sound is made faster than any link brings the picture to go with it.
  if (converted === 'picture' && stage.stage === 'ready') return CONVERTING.picture;
  if (host !== null && stage.stage === 'connect') return `Connecting to ${host}…`;
  if (host === null && (stage.stage === 'connect' || stage.stage === 'resolve')) return 'Opening the file…';
  return TEXTS[stage.stage];
}
