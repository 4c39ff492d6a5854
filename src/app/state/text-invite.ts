/** The dialog of an invite by texts, step by step: what the person sees, and what went wrong. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { messageOf } from '../../runtime/index.ts';
import type { TextInvites } from '../../transport/index.ts';

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

export function createTextInvite(invites: TextInvites): TextInvite {
  const step = signal<TextInviteStep>({ name: 'choose' });
  const problem = signal<string | undefined>(undefined);
  /** What was begun before the last `restart` changes nothing any more. */
  let round = 0;

  const attempt = async (back: TextInviteStep, work: (isCurrent: () => boolean) => Promise<void>) => {
    const begun = ++round;
    const isCurrent = (): boolean => begun === round;
    step.value = { name: 'working' };
    problem.value = undefined;
    try {
      await work(isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      step.value = back;
      problem.value = messageOf(error);
    }
  };

  return {
    step,
    problem,
    invite: () =>
      attempt({ name: 'choose' }, async (isCurrent) => {
        const text = await invites.inviteOffer();
        if (isCurrent()) step.value = { name: 'invite', text };
      }),
    join: () => {
      problem.value = undefined;
      step.value = { name: 'join' };
    },
    take: async (text) => {
      const before = step.value;
      if (before.name === 'invite') {
        await attempt(before, async (isCurrent) => {
          await invites.acceptAnswer(text);
          if (isCurrent()) step.value = { name: 'connected' };
        });
      } else if (before.name === 'join') {
        await attempt(before, async (isCurrent) => {
          const { answer, connected } = await invites.acceptOffer(text);
          if (isCurrent()) step.value = { name: 'answer', text: answer };
          await connected;
          if (isCurrent()) step.value = { name: 'connected' };
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
