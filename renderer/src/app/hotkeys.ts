/** What a key does in the player. Seconds are relative; `fraction` is of the whole film. */
export type HotkeyAction =
  | {
      do:
        | 'toggle-play'
        | 'toggle-mute'
        | 'toggle-fullscreen'
        | 'toggle-cast'
        | 'toggle-audio'
        | 'toggle-subtitles'
        | 'subtitle-menu'
        | 'toggle-quality'
        | 'toggle-details'
        | 'next'
        | 'escape';
    }
  | { do: 'skip'; seconds: number }
  | { do: 'delay-subtitles'; seconds: number }
  | { do: 'volume'; change: number }
  | { do: 'seek'; fraction: number };

/** The part of a `KeyboardEvent` that decides. */
export interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Where the focus is: keys that work there by themselves are left alone. */
export type FocusKind = 'page' | 'text' | 'button' | 'menu' | 'time-range' | 'volume-range';

/** The keys of the players people know (YouTube, VLC, mpv), so that nobody has to learn them. */
export function hotkey(key: Key, focus: FocusKind): HotkeyAction | null {
  if (key.ctrlKey || key.altKey || key.metaKey || focus === 'text') return null;
  if (focus === 'menu' && /^(Arrow|Enter$| $|Home$|End$)/.test(key.key)) return null;
  if (focus === 'button' && (key.key === ' ' || key.key === 'Enter')) return null;
  if (focus === 'volume-range' && key.key.startsWith('Arrow')) return null;
  const jump = key.shiftKey ? 10 : 5;
  switch (key.key) {
    case 'ArrowLeft':
      return { do: 'skip', seconds: -jump };
    case 'ArrowRight':
      return { do: 'skip', seconds: jump };
    case 'ArrowUp':
      return { do: 'volume', change: 0.05 };
    case 'ArrowDown':
      return { do: 'volume', change: -0.05 };
    case 'Home':
      return { do: 'seek', fraction: 0 };
    case ' ':
      return { do: 'toggle-play' };
    case 'Escape':
      return { do: 'escape' };
  }
  if (/^\d$/.test(key.key)) return { do: 'seek', fraction: Number(key.key) / 10 };
  switch (key.key.toLowerCase()) {
    case 'k':
      return { do: 'toggle-play' };
    case 'j':
      return { do: 'skip', seconds: -10 };
    case 'l':
      return { do: 'skip', seconds: 10 };
    case 'm':
      return { do: 'toggle-mute' };
    case 'f':
      return { do: 'toggle-fullscreen' };
    case 'a':
      return { do: 'toggle-audio' };
    case 's':
      return { do: key.shiftKey ? 'subtitle-menu' : 'toggle-subtitles' };
    case 'z':
      return { do: 'delay-subtitles', seconds: -0.1 };
    case 'x':
      return { do: 'delay-subtitles', seconds: 0.1 };
    case 'n':
      return { do: 'next' };
    case 'c':
      return { do: 'toggle-cast' };
    case 'q':
      return { do: 'toggle-quality' };
    case 'i':
      return { do: 'toggle-details' };
    default:
      return null;
  }
}

/** What has the focus, out of an event's target. Custom elements hide their inner `<input>`. */
export function focusKind(target: EventTarget | null): FocusKind {
  if (!(target instanceof Element)) return 'page';
  if (target instanceof HTMLInputElement && target.type === 'range')
    return target.dataset.range === 'volume' ? 'volume-range' : 'time-range';
  switch (target.localName) {
    case 'input':
    case 'textarea':
      return 'text';
  }
  if (target.closest('[role=menu], [role=dialog]')) return 'menu';
  switch (target.localName) {
    case 'button':
    case 'a':
    case 'media-play-button':
    case 'media-mute-button':
    case 'media-fullscreen-button':
      return 'button';
    case 'media-time-range':
      return 'time-range';
    case 'media-volume-range':
      return 'volume-range';
    default:
      return 'page';
  }
}
