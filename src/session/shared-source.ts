import type { Prober } from '../probe/prober.ts';
import { cooldownMs } from './cooldown.ts';
import type { FilmSource, SessionDeps, SourceStage } from './deps.ts';
import type { SessionRequest } from './types.ts';

/**
 * A film's bytes and what ffprobe says of them, as sessions share them: one that casts a film which another one plays fetches and examines nothing
 * of it again. Closed by the last session that holds it.
 */
export class SharedSource {
  readonly source: FilmSource;
  readonly prober: Prober;
  #holders = 1;

  /** Held by whoever makes it. */
  constructor(request: SessionRequest, deps: SessionDeps, onStage: (stage: SourceStage) => void) {
    this.source = deps.openSource(request, onStage);
    this.prober = deps.createProber(this.source, (error) => cooldownMs(request.kind, error));
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** Once for each holder. */
  async release(): Promise<void> {
    this.#holders -= 1;
    if (this.#holders === 0) await Promise.all([this.prober.close(), this.source.close()]);
  }
}
