import * as z from 'zod';
import { RaffiError } from '../errors.ts';
import type { Session, SessionStore } from '../session/types.ts';
import type { CastAccess, CastToken } from './access.ts';
import { mediaInformation, trackIdOf } from './media-information.ts';
import type { MediaInformation } from './player.ts';
import { prepareSegments } from './prepare-segments.ts';
import type { CastProfile } from './profiles.ts';

export interface CastFilmDeps {
  sessions: SessionStore;
  access: CastAccess;
  /** How long a token lasts; it is renewed three times in that time. */
  tokenTtlSeconds?: number | undefined;
}

/** Of a film that is cast: what a sender that comes later has to know of it to take it over. */
export interface FilmReference {
  /** What the person opened. */
  sessionId: string;
  /** What the device plays: the same source, decided for the device. */
  castSessionId: string;
  audioIndex: number;
  subtitleIndex: number | null;
}

export interface CastFilmWish {
  profile: CastProfile;
  /** Null: what the session plays. */
  audioIndex: number | null;
  subtitleIndex: number | null;
  /** The cast session of a run before, where it is still there. */
  castSessionId?: string;
  /** The device has to load the film again: see `renew`. */
  onStale: () => void;
}

/** Contract §2: what a token lasts for unless told otherwise. */
const USUAL_TTL_SECONDS = 15 * 60;

/**
 * A film as a device gets it: a session of its own beside the player's, since a device decodes otherwise, has an audio track of its own, and goes on
 * when the player does something else. Both share one source: nothing is fetched twice. Owns that session and the tokens.
 */
export class CastFilm {
  readonly #deps: CastFilmDeps;
  readonly #origin: Session;
  readonly #session: Session;
  readonly #profile: CastProfile;
  /** Of the film, and of the player's session, which has the subtitles: those that a person added, too. */
  readonly #tokens: { film: CastToken; subtitles: CastToken };
  readonly #renewal: NodeJS.Timeout;
  /** Whoever listens to a session uses it: a film that is paused for a night is not given up as idle. */
  readonly #uses: readonly (() => void)[];
  /** What the device plays, or is to play. */
  audioIndex: number;
  subtitleIndex: number | null;
  /** How many the device has heard of. */
  #offeredSubtitles = 0;
  #isClosed = false;

  /** Nothing of the film is read yet. @throws `session_not_found`, and what `issue` throws */
  static async open(
    deps: CastFilmDeps,
    sessionId: string,
    { profile, audioIndex, subtitleIndex, castSessionId, onStale }: CastFilmWish,
    signal: AbortSignal,
  ): Promise<CastFilm> {
    const { sessions, access } = deps;
    const known = openSession(sessions, castSessionId);
    const origin = openSession(sessions, sessionId) ?? known ?? sessions.get(sessionId);
    const session = known ?? castSession(sessions, origin, profile);
    const issued: string[] = [];
    const issue = async (id: string) => {
      const token = await access.issue(id, deps.tokenTtlSeconds);
      issued.push(token.token);
      return token;
    };
    try {
      const chosen = { audioIndex: audioIndex ?? origin.snapshot().audioIndex, subtitleIndex };
      const tokens = { film: await issue(session.id), subtitles: await issue(origin.id) };
      signal.throwIfAborted();
      return new CastFilm(deps, origin, session, { profile, tokens, onStale, ...chosen });
    } catch (error) {
      for (const token of issued) access.revoke(token);
      await sessions.remove(session.id);
      throw error;
    }
  }

  private constructor(
    deps: CastFilmDeps,
    origin: Session,
    session: Session,
    film: {
      profile: CastProfile;
      tokens: { film: CastToken; subtitles: CastToken };
      audioIndex: number;
      subtitleIndex: number | null;
      onStale: () => void;
    },
  ) {
    this.#deps = deps;
    this.#origin = origin;
    this.#session = session;
    this.#profile = film.profile;
    this.#tokens = film.tokens;
    this.audioIndex = film.audioIndex;
    this.subtitleIndex = film.subtitleIndex;
    this.#uses = [origin, session].map((one) => one.subscribe(() => {}));
    // Well before the end, and again: a timer is late when the computer sleeps.
    const ttlMs = 1000 * (deps.tokenTtlSeconds ?? USUAL_TTL_SECONDS);
    const renew = () =>
      this.renew().then(
        (isFresh) => isFresh || film.onStale(),
        // No network just now: the next time, or when the device is found again.
        () => {},
      );
    this.#renewal = setInterval(renew, ttlMs / 3).unref();
  }

  /** What the person opened. */
  get sessionId(): string {
    return this.#origin.id;
  }

  get title(): string {
    return this.#origin.snapshot().name;
  }

  /** Seconds; null of a live stream. */
  get durationSeconds(): number | null {
    const { live, durationSeconds } = this.#session.snapshot();
    return live ? null : (durationSeconds ?? null);
  }

  get hasPicture(): boolean {
    return (this.#session.snapshot().media?.video.length ?? 0) > 0;
  }

  /** What the device is to show beside the picture. */
  get activeTrackIds(): number[] {
    return this.subtitleIndex === null ? [] : [trackIdOf(this.subtitleIndex)];
  }

  /** Whether the device knows the subtitles that it is to show: since it loaded the film, some may have been added. */
  get hasOfferedSubtitles(): boolean {
    return this.subtitleIndex === null || this.subtitleIndex < this.#offeredSubtitles;
  }

  /** What the device is told to load; complete once it is prepared. Of its subtitles the device has heard from then on. */
  offer(): MediaInformation {
    const reference: FilmReference = {
      sessionId: this.sessionId,
      castSessionId: this.#session.id,
      audioIndex: this.audioIndex,
      subtitleIndex: this.subtitleIndex,
    };
    const films = { film: this.#session.snapshot(), origin: this.#origin.snapshot() };
    this.#offeredSubtitles = films.origin.subtitles?.length ?? 0;
    return mediaInformation(films, this.#profile.delivery, this.#tokens, reference);
  }

  /** Opens the film and makes its first segments from a place on. @throws what keeps the film from playing */
  async prepare(seconds: number, signal: AbortSignal): Promise<void> {
    await this.setAudio(this.audioIndex, signal).catch((error: unknown) => {
      // A film without sound has no track that could be chosen.
      if (!(error instanceof RaffiError) || error.code !== 'bad_audio_index' || this.audioIndex > 0)
        throw error;
    });
    // Which subtitles there are is known once the film is open there, too; what keeps it from that says the other one.
    await Promise.all([
      this.#origin.view(signal),
      prepareSegments(this.#session, this.#profile.delivery, seconds, signal),
    ]);
  }

  /** The device has to load it again to hear it. @throws `bad_audio_index` */
  async setAudio(index: number, signal: AbortSignal): Promise<void> {
    await this.#session.setAudio(index, signal);
    this.audioIndex = index;
  }

  /**
   * Lets the tokens last on. False when the device has to load the film again, since they had expired (the computer slept too long) or this
   * computer's address is another one. @throws what `issue` throws
   */
  async renew(): Promise<boolean> {
    const { access, tokenTtlSeconds, sessions } = this.#deps;
    const before = this.#tokens.film.streamUrl;
    for (const [key, { id }] of [
      ['film', this.#session],
      ['subtitles', this.#origin],
    ] as const) {
      try {
        this.#tokens[key] = access.renew(this.#tokens[key].token, tokenTtlSeconds);
      } catch {
        if (this.#isClosed) return true;
        // The player that it was cast from has closed: its subtitles went with it, and the film goes on.
        if (key === 'subtitles' && !openSession(sessions, id)) continue;
        const fresh = await access.issue(id, tokenTtlSeconds);
        if (this.#isClosed) {
          access.revoke(fresh.token);
          return true;
        }
        this.#tokens[key] = fresh;
      }
    }
    return this.#tokens.film.streamUrl === before;
  }

  /** Gives back the session and the tokens. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#renewal);
    for (const endUse of this.#uses) endUse();
    for (const { token } of Object.values(this.#tokens)) this.#deps.access.revoke(token);
    await this.#deps.sessions.remove(this.#session.id);
  }
}

/** What a device's media carries of ours; null where another sender brought it. */
export function referenceIn(customData: unknown): FilmReference | null {
  const parsed = CUSTOM_DATA.safeParse(customData);
  return parsed.success ? parsed.data.raffi : null;
}

const POSITION = z.int().min(0).max(10_000);
const CUSTOM_DATA = z.object({
  raffi: z.object({
    sessionId: z.uuid(),
    castSessionId: z.uuid(),
    audioIndex: POSITION,
    subtitleIndex: POSITION.nullable(),
  }),
});

function castSession(
  sessions: SessionStore,
  { id, request }: Session,
  { capabilities }: CastProfile,
): Session {
  const { id: _, startTime: _start, setbacks: _setbacks, ladder: _ladder, ...same } = request;
  // No start time: the device is told where to begin, each time anew, and the playlist must not say otherwise.
  return sessions.create({ ...same, capabilities, forReceiver: true }, { sharing: id });
}

function openSession(sessions: SessionStore, id: string | undefined): Session | undefined {
  return sessions.list().find((session) => session.id === id);
}
