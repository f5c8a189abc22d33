import { RaffiError, toRaffiError } from '../errors.ts';
import { lookAgain } from './look-again.ts';
import type { ChannelAddress } from './protocol/channel.ts';
import type { MediaStatus, ReceiverStatus } from './protocol/payloads.ts';
import { Receiver } from './protocol/receiver.ts';

export interface LinkEvents {
  onReceiverStatus(status: ReceiverStatus): void;
  onMediaStatus(status: MediaStatus | undefined): void;
  onApplicationClosed(): void;
  /** The device was lost; it is looked for. */
  onLost(): void;
  /** It is there again. What this rejects with counts as lost again. */
  onFound(receiver: Receiver, signal: AbortSignal): Promise<void>;
  /** It was looked for long enough. */
  onGone(error: RaffiError): void;
}

export interface LinkTiming {
  heartbeatMs?: number | undefined;
  reconnectPausesMs?: readonly number[] | undefined;
}

/** A connection that comes back by itself: after the Wi-Fi dropped, the computer slept, or the device got another address. */
export class DeviceLink {
  readonly #address: () => ChannelAddress;
  readonly #events: LinkEvents;
  readonly #timing: LinkTiming;
  readonly #closed = new AbortController();
  #receiver: Receiver | undefined;
  #isLooking = false;

  /** @param address asked for at each try */
  static async open(
    address: () => ChannelAddress,
    events: LinkEvents,
    { signal, ...timing }: LinkTiming & { signal: AbortSignal },
  ): Promise<DeviceLink> {
    const link = new DeviceLink(address, events, timing);
    await link.#connect(signal);
    return link;
  }

  private constructor(address: () => ChannelAddress, events: LinkEvents, timing: LinkTiming) {
    this.#address = address;
    this.#events = events;
    this.#timing = timing;
  }

  /** Undefined while the device is looked for. */
  get connected(): Receiver | undefined {
    return this.#receiver;
  }

  /** @throws `cast_device_unreachable` while the device is looked for */
  get receiver(): Receiver {
    if (this.#receiver) return this.#receiver;
    throw new RaffiError(
      'cast_device_unreachable',
      'The connection to the device is lost just now. Raffi is looking for it; try again in a moment.',
    );
  }

  /** Leaves the device as it is. Idempotent. */
  close(): void {
    this.#closed.abort();
    this.#receiver?.close();
    this.#receiver = undefined;
  }

  async #connect(signal: AbortSignal): Promise<Receiver> {
    const events = {
      ...this.#events,
      onLost: () => {
        this.#receiver = undefined;
        if (this.#closed.signal.aborted || this.#isLooking) return;
        this.#events.onLost();
        void this.#lookFor();
      },
    };
    const { heartbeatMs } = this.#timing;
    const receiver = await Receiver.open(this.#address(), events, { signal, heartbeatMs });
    this.#receiver = receiver;
    return receiver;
  }

  async #lookFor(): Promise<void> {
    const { signal } = this.#closed;
    this.#isLooking = true;
    try {
      await lookAgain((running) => this.#look(running), {
        signal,
        pausesMs: this.#timing.reconnectPausesMs,
      });
      this.#isLooking = false;
    } catch (thrown) {
      if (!signal.aborted) this.#events.onGone(toRaffiError(thrown));
    }
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    try {
      const receiver = await this.#connect(signal);
      await this.#events.onFound(receiver, signal);
      // Else it was lost once more meanwhile.
      return this.#receiver === receiver;
    } catch (error) {
      this.#receiver?.close();
      this.#receiver = undefined;
      throw error;
    }
  }
}
