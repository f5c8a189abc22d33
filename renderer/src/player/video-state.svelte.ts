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
  droppedFrames = $state(0);
  totalFrames = $state(0);
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
      if (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) this.isWaiting = false;
    });
    on('seeking', () => {
      this.#seekBegan ??= performance.now();
      this.seconds = video.currentTime;
      this.isSeeking = true;
      this.isWaiting = true;
      this.isEnded = false;
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
    return this.#seek((this.#video?.duration ?? 0) * fraction);
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
    if (video === null || !Number.isFinite(video.duration)) return 0;
    video.currentTime = Math.min(Math.max(0, target), video.duration);
    return video.currentTime;
  }

  #sample(video: HTMLVideoElement): void {
    const quality = video.getVideoPlaybackQuality();
    this.droppedFrames = quality.droppedVideoFrames;
    this.totalFrames = quality.totalVideoFrames;
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
