import { deviceAddress } from '../../../src/cast/device-address.ts';
import type { CastDevice, CastSnapshot, CastState, CastStatus } from '../../../src/cast/types.ts';
import { type Problem, problem, RaffiError, toRaffiError } from '../../../src/errors.ts';
import type { CastCommand } from '../../ipc/cast.ts';

/** A device that is there answers the new core within seconds. */
const FIND_TIMEOUT_MS = 30_000;
/** What is worth going on with. Of a film that was only on its way, whoever sent it is told that it did not arrive. */
const RESUMED: ReadonlySet<CastState> = new Set(['buffering', 'playing', 'paused', 'reconnecting']);

export interface CastResumptionOptions {
  run(command: CastCommand): Promise<unknown>;
  /** What is to be shown has changed without a word of the core. */
  onChange(): void;
}

/**
 * What was cast when the core died is taken up by the next one, once it has found the device again: the device plays on for a while from its
 * buffer, and is given new addresses before that is used up. Until then a window is shown that contact was lost, not that nothing is cast.
 */
export class CastResumption {
  readonly #options: CastResumptionOptions;
  /** As it was last seen; null where nothing was lost. */
  #lost: CastStatus | null = null;
  #problem: Problem | null = null;
  #isAsking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CastResumptionOptions) {
    this.#options = options;
  }

  /** What a window is shown: what is known of a lost cast, else the core's own word. */
  shown({ devices, status }: CastSnapshot): CastSnapshot {
    if (this.#lost === null) return { devices, status };
    const state = this.#problem === null ? 'reconnecting' : 'failed';
    return { devices, status: { ...this.#lost, state, problem: this.#problem } };
  }

  /** @param status the last word of the core that died */
  coreLost(status: CastStatus): void {
    if (this.#lost !== null || !RESUMED.has(status.state)) return;
    this.#lost = status;
    this.#timer = setTimeout(() => this.giveUp(notFound(status.device)), FIND_TIMEOUT_MS);
  }

  /** The word of a core that runs. */
  heard({ devices, status }: CastSnapshot): void {
    const lost = this.#lost;
    if (lost === null) return;
    const isActive = status.state !== 'idle';
    if (isActive && status.sessionId === lost.sessionId) this.forget();
    else if (this.#isAsking) return;
    // Another film was asked for: the lost one is not wanted any more.
    else if (isActive) this.forget();
    else if (this.#problem === null) void this.#takeUp(lost, devices);
  }

  giveUp(reason: Problem): void {
    if (this.#lost === null) return;
    clearTimeout(this.#timer);
    this.#problem = reason;
    this.#options.onChange();
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#lost = null;
    this.#problem = null;
  }

  async #takeUp(lost: CastStatus, devices: readonly CastDevice[]): Promise<void> {
    const { device } = lost;
    if (device === null) return this.forget();
    const isFound = devices.some(({ id }) => id === device.id);
    if (!isFound && !device.isManual) return;
    const { run, onChange } = this.#options;
    this.#isAsking = true;
    try {
      // Nobody announces a device that was given by its address.
      if (!isFound) await run({ do: 'addDevice', address: deviceAddress(device) });
      await run({ do: 'join', deviceId: device.id });
      if (this.#lost !== lost) return;
      // It plays nothing any more, or another's film: the core's own word holds.
      this.forget();
      onChange();
    } catch (thrown) {
      const error = toRaffiError(thrown);
      // The next core tries again.
      if (this.#lost === lost && error.code !== 'core_unavailable') this.giveUp(problem(error));
    } finally {
      this.#isAsking = false;
    }
  }
}

function notFound(device: CastDevice | null): Problem {
  return problem(
    new RaffiError(
      'cast_no_device',
      `${device?.name ?? 'The device'} was not found again. See whether it is on and in the same network, then try again.`,
    ),
  );
}
