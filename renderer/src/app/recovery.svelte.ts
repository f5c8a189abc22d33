import type { FeedbackAnswer, SessionView } from '../../../src/session/types.ts';
import type { ApiClient } from '../api/client.ts';
import { decodeFailure, type Failure } from '../api/problem.ts';
import type { EngineFailure } from '../player/engine.ts';
import { complaintsOf } from '../player/symptom.ts';
import { type Way, type WayChoice, wayAdverb, wayName } from '../player/ways.ts';
import { askForSafer } from './safer.ts';

/** What could not be played. */
export interface Playing {
  way: Way | null;
  sessionId: string;
  decisions: SessionView['decisions'];
  /** Position of the audio track that plays. */
  audioIndex: number;
}

/** How to go on: another way, or the same with other decisions of the core. */
export interface Remedy {
  way: Way;
  decisions?: FeedbackAnswer['decisions'];
}

/** How a film goes on when it cannot be played as it is, and what a person is told of it. What was tried is not tried again. */
export class Recovery {
  /** Why this way of playing, and what was tried before it. */
  notes: string[] = $state.raw([]);
  /** What has just been changed by itself, and why; until it was read. */
  notice: string | null = $state.raw(null);
  #waysLeft: Way[] = [];
  #isAsking = false;

  begin({ ways, reason }: WayChoice): void {
    this.notes = [reason];
    this.#waysLeft = ways.slice(1);
  }

  /** Nothing plays any more: what is still being asked is of no use. */
  stop(): void {
    this.notice = null;
    this.#isAsking = false;
  }

  /** The other way, if it was not tried yet. */
  otherWay(failed: Way | null, reason: string): Way | null {
    const next = this.#waysLeft.shift();
    if (next === undefined) return null;
    const story = `${wayName(failed)} did not work`;
    this.#tell(`${story}, so the film is played ${wayAdverb(next)}.`, `${story}: ${reason}`);
    return next;
  }

  /**
   * Fragments that cannot be played are made anew by the next safer decision of the core; what has none is played another way.
   *
   * @returns how to go on, or why it cannot; null where that is being found out already, and once aborted. Never rejects.
   */
  async ofMedia(
    { message, symptom }: Extract<EngineFailure, { kind: 'media' }>,
    { way, sessionId, decisions, audioIndex }: Playing,
    api: ApiClient,
    signal: AbortSignal,
  ): Promise<Remedy | Failure | null> {
    // A failing engine says so more than once.
    if (this.#isAsking) return null;
    this.#isAsking = true;
    const complaints = complaintsOf(symptom, decisions?.cmaf, audioIndex);
    const answer = way === 'hls' ? await askForSafer(api, sessionId, complaints, message, signal) : null;
    if (signal.aborted) return null;
    this.#isAsking = false;
    if (answer !== null && 'taken' in answer) {
      this.#tell(answer.reason, answer.reason);
      return { way: 'hls', decisions: answer.decisions };
    }
    const other = this.otherWay(way, message);
    return other === null ? (answer ?? decodeFailure(message)) : { way: other };
  }

  #tell(notice: string, note: string): void {
    this.notice = notice;
    this.notes = [...this.notes, note];
  }
}
