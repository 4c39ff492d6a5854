/** What became of what was sent or asked, in a sentence. */
import { LeafcutterError, messageOf } from '../../runtime/index.ts';
import { countOf, formatRtt, sentence } from './format.ts';
import { visible } from './payload-text.ts';

export interface Outcome {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

export function sent({
  subscriptions,
  nodes,
}: {
  readonly subscriptions: number;
  readonly nodes: number;
}): Outcome {
  return {
    tone: 'good',
    text: `Taken by ${countOf(subscriptions, 'subscription')} on ${countOf(nodes, 'device')}.`,
  };
}

/** @param firstAfterMs from the question to the first answer */
export function answered(count: number, firstAfterMs: number | undefined): Outcome {
  if (count === 0 || firstAfterMs === undefined)
    return { tone: 'warn', text: 'Somebody listens, and nobody has answered in time.' };
  const after = formatRtt(firstAfterMs);
  return {
    tone: 'good',
    text: count === 1 ? `Answered after ${after}.` : `${countOf(count, 'answer')}, the first after ${after}.`,
  };
}

export function failed(verb: 'send' | 'ask', subject: string, error: unknown): Outcome {
  const code = error instanceof LeafcutterError ? error.code : '';
  if (code === 'no-responders') {
    const text =
      verb === 'ask' ? `Nobody serves ${subject}.` : `Nobody listens to ${subject}: it reached nobody.`;
    // It may be a reply subject, of others.
    return { tone: 'warn', text: visible(text) };
  }
  if (code === 'cancelled') return { tone: 'warn', text: 'Not waited for any longer.' };
  return { tone: 'bad', text: visible(sentence(messageOf(error))) };
}
