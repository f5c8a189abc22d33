import { type Dispatcher, interceptors, request } from 'undici';
import type { Torrent } from 'webtorrent';
import WebConn from 'webtorrent/lib/webconn.js';
import { RaffiError } from '../../errors.ts';
import { interpret } from '../../source/http/interpret.ts';
import type { AddressRanges } from '../address-ranges.ts';
import { isPlainFile } from '../announce-urls.ts';
import { GuardedAgent } from './guarded-agent.ts';
import { type WebSeedPart, webSeedParts } from './web-seed-parts.ts';

/** For the whole of an answer, milliseconds. */
const ANSWER_LIMIT_MS = 60_000;
const STEP_LIMIT_MS = 15_000;
/** More than a block, and than the page of a redirect. */
const MAX_ANSWER_BYTES = 128 * 1024;
const MAX_CONNECTIONS = 24;
const MAX_REDIRECTS = 5;

export interface WebSeedOptions {
  /** Addresses that are not talked to. */
  blocked: AddressRanges | null;
  userAgent: string;
  /** As of `Guard`. */
  isPublic?: (address: string) => boolean;
}

/**
 * A web seed (BEP 19): as webtorrent's own to whoever asks it for blocks, but what goes to the network is ours. A torrent names whatever server
 * it likes, and that server leads wherever it likes and sends as much as it likes.
 */
export class WebSeed extends WebConn {
  readonly #torrent: Torrent;
  readonly #userAgent: string;
  readonly #agent: GuardedAgent;
  readonly #dispatcher: Dispatcher;
  #isClosed = false;

  constructor(url: string, torrent: Torrent, { blocked, userAgent, isPublic }: WebSeedOptions) {
    super(url, torrent);
    this.#torrent = torrent;
    this.#userAgent = userAgent;
    this.#agent = new GuardedAgent(
      { isHarmless: isPlainFile, blocked, isPublic },
      { stepMs: STEP_LIMIT_MS, maxBytes: MAX_ANSWER_BYTES, connectionsPerHost: MAX_CONNECTIONS },
    );
    this.#dispatcher = this.#agent.dispatcher.compose(
      interceptors.redirect({ maxRedirections: MAX_REDIRECTS }),
    );
  }

  override async httpRequest(
    ...[index, offset, length, done]: Parameters<WebConn['httpRequest']>
  ): Promise<void> {
    const start = index * this.#torrent.pieceLength + offset;
    try {
      const parts = webSeedParts(this.url, this.#torrent.files, { start, end: start + length });
      const bytes = await Promise.all(parts.map((part) => this.#read(part)));
      if (!this.#isClosed) done(null, Buffer.concat(bytes));
    } catch (thrown) {
      if (this.#isClosed) return;
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      done(error);
      if (isFinal(error)) this.#giveUp(error);
    }
  }

  override destroy(): void {
    super.destroy();
    this.#isClosed = true;
    void this.#agent.destroy();
  }

  async #read(part: WebSeedPart): Promise<Uint8Array> {
    const { statusCode, headers, body } = await request(part.url, {
      dispatcher: this.#dispatcher,
      headers: {
        range: `bytes=${part.start}-${part.end - 1}`,
        'accept-encoding': 'identity',
        'user-agent': this.#userAgent,
      },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    // What is left unread is cut off, and that is an error to it.
    body.on('error', () => {});
    try {
      checkAnswer(part, statusCode, headers);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk as Uint8Array);
      const bytes = Buffer.concat(chunks);
      if (bytes.length !== part.end - part.start) throw new Error('The web seed ends its answer too early');
      return bytes;
    } finally {
      body.destroy();
    }
  }

  /** It has nothing that could be had, whatever it is asked for. */
  #giveUp(error: Error): void {
    this.#torrent.emit('warning', error);
    this.destroy();
  }
}

/** A server that ignores ranges: each block would be the whole film. */
class WholeFileError extends Error {}

/** @throws where the answer is not just what was asked for. */
function checkAnswer(part: WebSeedPart, status: number, headers: Dispatcher.ResponseData['headers']): void {
  const meaning = interpret(part, status, headers);
  if (meaning.kind === 'failure') throw meaning.failure.error;
  if (meaning.kind === 'redirect') throw new Error('The web seed redirects too often');
  const { kind, start, end } = meaning.answer;
  if (start === part.start && end === part.end) return;
  if (kind === 'whole') throw new WholeFileError('The web seed gives no parts of a file');
  throw new Error('The web seed sends another part of the file than it was asked for');
}

function isFinal(error: Error): boolean {
  return error instanceof WholeFileError || (error instanceof RaffiError && error.code === 'source_refused');
}
