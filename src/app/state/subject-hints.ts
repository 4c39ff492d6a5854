/** What to try, for who stands before an empty stream. */

/** Subjects that are worth a press. */
export const PRESETS = [
  { pattern: 'leafcutter.>', title: 'Renders', about: 'devices as they come and go, renders as they go on' },
  { pattern: '>', title: 'Everything', about: 'all that anybody in this Network publishes' },
] as const;

/** What may bring the first message to a subscription. */
export type Hint =
  /** The render's own: open another tab, or render something. */
  | { readonly type: 'render' }
  /** Kept for the system. */
  | { readonly type: 'reserved' }
  /** Send to this subject. */
  | { readonly type: 'send'; readonly subject: string };

export function hintFor(pattern: string): Hint {
  if (pattern.startsWith('leafcutter.')) return { type: 'render' };
  if (pattern.startsWith('$')) return { type: 'reserved' };
  return { type: 'send', subject: exampleOf(pattern) };
}

/** A subject that the pattern means. */
function exampleOf(pattern: string): string {
  return pattern
    .split('.')
    .map((token) => (token === '*' ? 'something' : token === '>' ? 'hello' : token))
    .join('.');
}
