import { ensureCastSender } from './cast-sender.ts';
import { ensureDisplay } from './display.ts';
import { ensureElectron, findElectron } from './electron.ts';
import { ensureFfmpeg } from './ffmpeg.ts';
import { ensureFfplay } from './ffplay.ts';
import { describe, type Finding } from './finding.ts';
import { checkSandbox } from './sandbox.ts';
import { ensureSwarm } from './swarm.ts';

export interface Needs {
  /** A window will be shown. */
  electron: boolean;
  /** Tests will run: a player, torrent peers and a cast sender of others, and windows without a screen. */
  tests: boolean;
}

/** Finds or installs what is missing and says in one line per thing what it did. False when a person has to act. */
export async function setUp(needs: Needs): Promise<boolean> {
  console.log('Set-up');
  const findings: Finding[] = await ensureFfmpeg();
  if (needs.tests) findings.push(await ensureFfplay(), await ensureSwarm(), await ensureCastSender());
  if (needs.electron) findings.push(await ensureElectron());
  const electron = needs.electron ? findElectron() : null;
  if (electron !== null) {
    findings.push(...(await checkSandbox(electron.folder)));
    if (needs.tests) findings.push(...(await ensureDisplay(electron.executable)));
  }
  for (const finding of findings) console.log(describe(finding));
  return findings.every((finding) => finding.state !== 'missing');
}
