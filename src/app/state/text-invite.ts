/** The dialog of an invite by texts, step by step: what the person sees, and what went wrong. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { messageOf } from '../../runtime/index.ts';
import type { TextInvites } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Greetings } from './greeting.ts';

export type TextInviteStep =
  | { readonly name: 'choose' }
  /** The browser gathers its addresses, or looks for the other one. */
  | { readonly name: 'working' }
  /** Here is the first text; the answer is awaited. */
  | { readonly name: 'invite'; readonly text: string }
  /** The first text is awaited. */
  | { readonly name: 'join' }
  /** Here is the answer; its arrival is awaited. */
  | { readonly name: 'answer'; readonly text: string }
  | { readonly name: 'connected' };

export interface TextInvite {
  readonly step: ReadonlySignal<TextInviteStep>;
  readonly problem: ReadonlySignal<string | undefined>;
  /** This page invites. */
  invite(): Promise<void>;
  /** This page wants to join. */
  join(): void;
  /** The text of the other device, whichever is awaited. */
  take(text: string): Promise<void>;
  /** From the beginning. */
  restart(): void;
}

/** @param watch what becomes of the handshakes from then on: only a Link makes the two connected */
export function createTextInvite(invites: TextInvites, watch: () => Greetings): TextInvite {
  const step = signal<TextInviteStep>({ name: 'choose' });
  const problem = signal<string | undefined>(undefined);
  /** What was begun before the last `restart` changes nothing any more. */
  let round = 0;

  /** @returns whether it ended well, and nothing else was begun meanwhile */
  const attempt = async (
    back: TextInviteStep,
    work: (isCurrent: () => boolean) => Promise<void>,
  ): Promise<boolean> => {
    const begun = ++round;
    const isCurrent = (): boolean => begun === round;
    step.value = { name: 'working' };
    problem.value = undefined;
    try {
      await work(isCurrent);
    } catch (error) {
      if (!isCurrent()) return false;
      step.value = back;
      problem.value = messageOf(error);
      return false;
    }
    return isCurrent();
  };

  /** A text has been taken: connects the two. Once there was a channel the texts are used up, whatever becomes of it. */
  const connect = async (back: TextInviteStep, channel: (isCurrent: () => boolean) => Promise<NodeId>) => {
    const greetings = watch();
    let peer: NodeId | undefined;
    try {
      const isThere = await attempt(back, async (isCurrent) => {
        peer = await channel(isCurrent);
      });
      if (!isThere || peer === undefined) return;
      const other = peer;
      if (await attempt({ name: 'choose' }, () => greetings.with(other))) step.value = { name: 'connected' };
    } finally {
      greetings.end();
    }
  };

  return {
    step,
    problem,
    invite: async () => {
      await attempt({ name: 'choose' }, async (isCurrent) => {
        const text = await invites.inviteOffer();
        if (isCurrent()) step.value = { name: 'invite', text };
      });
    },
    join: () => {
      problem.value = undefined;
      step.value = { name: 'join' };
    },
    take: async (text) => {
      const before = step.value;
      if (before.name === 'invite') await connect(before, () => invites.acceptAnswer(text));
      if (before.name === 'join') {
        await connect(before, async (isCurrent) => {
          const { answer, connected } = await invites.acceptOffer(text);
          if (isCurrent()) step.value = { name: 'answer', text: answer };
          return connected;
        });
      }
    },
    restart: () => {
      round++;
      problem.value = undefined;
      step.value = { name: 'choose' };
    },
  };
}
