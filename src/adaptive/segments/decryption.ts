import { createDecipheriv } from 'node:crypto';
import { RaffiError } from '../../errors.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { HttpResources } from '../../source/http-resources.ts';
import { KEY_BYTES } from '../limits.ts';
import type { OriginKey } from '../origin.ts';

/** A live stream that changes its key for each segment must not fill the memory. */
const MAX_KEYS = 500;

/** The keys of one presentation: each is fetched once. They stay in here: players get segments in the clear, and the network no key. */
export class Keys {
  readonly #resources: HttpResources;
  readonly #known = new Map<string, Uint8Array>();
  readonly #flights = new SingleFlight<Uint8Array>();

  constructor(resources: HttpResources) {
    this.#resources = resources;
  }

  /** @throws `source_*`; `media_damaged` for what is no key. */
  async bytesOf({ key }: OriginKey, signal: AbortSignal): Promise<Uint8Array> {
    if (key instanceof Uint8Array) return key;
    const known = this.#known.get(key.href);
    if (known) return known;
    return this.#flights.run(
      key.href,
      async (running) => {
        // A key server that wants a login answers with a page.
        const { bytes } = await this.#resources.read({ url: key, range: null }, 64 * 1024, running);
        if (bytes.length !== KEY_BYTES) throw noKey();
        this.#known.set(key.href, bytes);
        for (const oldest of this.#known.keys()) {
          if (this.#known.size <= MAX_KEYS) break;
          this.#known.delete(oldest);
        }
        return bytes;
      },
      signal,
    );
  }
}

/** Takes AES-128-CBC off a segment as it arrives. */
export function decryption(key: Uint8Array, iv: Uint8Array) {
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  return {
    update: (piece: Uint8Array): Uint8Array => decipher.update(piece),
    /** The last bytes. @throws `media_damaged` where the padding shows that key or bytes are wrong. */
    end: (): Uint8Array => {
      try {
        return decipher.final();
      } catch (cause) {
        throw new RaffiError(
          'media_damaged',
          'A part of the film cannot be decrypted with the key that its server gives. Open the link again, or look for another source.',
          { cause },
        );
      }
    },
  };
}

function noKey(): RaffiError {
  return new RaffiError(
    'media_damaged',
    'The server of the film’s key sends something that is no key. The link may need a login: get a new one.',
  );
}
