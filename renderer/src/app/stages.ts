import type { Stage, StageReport } from '../../../src/session/types.ts';

const TEXTS: Record<Stage, string> = {
  idle: 'Getting ready…',
  resolve: 'Looking up the address…',
  connect: 'Connecting to host…',
  probe: 'Examining the film…',
  plan: 'Reading index…',
  first_byte: 'Loading the first seconds…',
  ready: 'Buffering…',
  failed: 'This did not work.',
};

/** What the person waits for, in a line. A host, where known, makes "connecting" concrete. */
export function stageText(stage: StageReport | null, host: string | null): string {
  if (stage === null) return 'Opening…';
  if (host !== null && stage.stage === 'connect') return `Connecting to ${host}…`;
  if (host === null && (stage.stage === 'connect' || stage.stage === 'resolve')) return 'Opening the file…';
  return TEXTS[stage.stage];
}
