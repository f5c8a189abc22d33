/** How often the figures that no event announces are read, ms. */
const SAMPLE_MS = 500;

/** What one `<video>` does, as reactive values, and the few commands that keys give it. */
export class VideoState {
  seconds = $state(0);
  /** The picture stands still for want of data: a seek under way, or an empty buffer. */
  isWaiting = $state(false);
  isSeeking = $state(false);
  /** It waits, and nobody has sought: what is shown is used up faster than it comes. */
  isStarved: boolean = $derived(this.isWaiting && !this.isSeeking);
  isEnded = $state(false);
  /** Whether it has run since it was sought last. Chromium has paused it by the time that it tells of its end. */
  #hasRun = $state(false);
  /** It ended, and not because its end was sought. */
  isPlayedOut: boolean = $derived(this.isEnded && this.#hasRun);
  droppedFrames = $state(0);
  totalFrames = $state(0);
  /** Seconds from the present one to the last that can be sought: how far behind a live stream this is. */
  behindEnd = $state(0);
  /** Seconds of film buffered beyond the present one. */
  bufferedAhead = $state(0);
  /** From the wish to the first picture; null before the first seek. */
  lastSeekMs: number | null = $state(null);

  #video: HTMLVideoElement | null = null;
  #seekBegan: number | null = null;

  /** Follows this element until the returned function is called. */
  follow(video: HTMLVideoElement): () => void {
    this.#video = video;
    const listening = new AbortController();
    const on = (type: keyof HTMLVideoElementEventMap, listener: () => void) =>
      video.addEventListener(type, listener, { signal: listening.signal });
    on('timeupdate', () => {
      this.seconds = video.currentTime;
      if (!video.paused && !video.seeking) this.#hasRun = true;
      if (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) this.isWaiting = false;
    });
    on('seeking', () => {
      this.#seekBegan ??= performance.now();
      this.seconds = video.currentTime;
      this.isSeeking = true;
      this.isWaiting = true;
      this.isEnded = false;
      this.#hasRun = false;
    });
    on('seeked', () => {
      this.isSeeking = false;
      if (this.#seekBegan !== null) this.lastSeekMs = performance.now() - this.#seekBegan;
      this.#seekBegan = null;
      this.isWaiting = video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
    });
    on('waiting', () => (this.isWaiting = true));
    on('canplay', () => (this.isWaiting = false));
    on('playing', () => {
      this.isWaiting = false;
      this.isEnded = false;
    });
    on('ended', () => {
      this.isWaiting = false;
      this.isEnded = true;
    });
    on('emptied', () => (this.isWaiting = false));
    const timer = setInterval(() => this.#sample(video), SAMPLE_MS);
    return () => {
      listening.abort();
      clearInterval(timer);
      this.#video = null;
    };
  }

  togglePlay(): void {
    const video = this.#video;
    if (video === null) return;
    // Rejected when a pause or another film comes first: nothing to report.
    if (video.paused) void video.play().catch(() => {});
    else video.pause();
  }

  toggleMute(): void {
    if (this.#video !== null) this.#video.muted = !this.#video.muted;
  }

  /** Returns the new time. */
  skip(seconds: number): number {
    return this.#seek((this.#video?.currentTime ?? 0) + seconds);
  }

  /** `fraction` 0 … 1 of the film. Returns the new time. */
  seekFraction(fraction: number): number {
    const { start, end } = this.#seekable();
    return this.#seek(start + (end - start) * fraction);
  }

  /** Returns the new volume, 0 … 1. */
  changeVolume(change: number): number {
    const video = this.#video;
    if (video === null) return 0;
    video.volume = Math.min(1, Math.max(0, Math.round((video.volume + change) * 100) / 100));
    if (change > 0) video.muted = false;
    return video.volume;
  }

  #seek(target: number): number {
    const video = this.#video;
    const { start, end } = this.#seekable();
    if (video === null || end <= start) return 0;
    video.currentTime = Math.min(Math.max(start, target), end);
    return video.currentTime;
  }

  /** The whole film, or the window that a live stream keeps. */
  #seekable(): { start: number; end: number } {
    const video = this.#video;
    if (video === null) return { start: 0, end: 0 };
    if (Number.isFinite(video.duration)) return { start: 0, end: video.duration };
    const { seekable } = video;
    return seekable.length === 0
      ? { start: 0, end: 0 }
      : { start: seekable.start(0), end: seekable.end(seekable.length - 1) };
  }

  #sample(video: HTMLVideoElement): void {
    const quality = video.getVideoPlaybackQuality();
    this.droppedFrames = quality.droppedVideoFrames;
    this.totalFrames = quality.totalVideoFrames;
    this.behindEnd = Math.max(0, this.#seekable().end - video.currentTime);
    this.bufferedAhead = 0;
    for (let index = 0; index < video.buffered.length; index += 1) {
      const end = video.buffered.end(index);
      // A tolerance of a frame: right after a seek the range may begin a little later.
      if (video.buffered.start(index) <= video.currentTime + 0.1 && end > video.currentTime) {
        this.bufferedAhead = end - video.currentTime;
      }
    }
  }
}
