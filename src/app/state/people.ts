/** Who is here: the mesh's members as signals, in the order in which they joined, ourselves first; and whether we still are. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Member } from '../../mesh/index.ts';
import type { Timers } from '../../runtime/index.ts';
import type { RendezvousState } from '../../transport/index.ts';
import type { Session } from '../session.ts';
import { steadyMembers } from './steady-members.ts';

export interface People {
  /** As a person sees them (steady-members.ts): what only wanders changes nothing. */
  readonly members: ReadonlySignal<readonly Member[]>;
  readonly rendezvous: ReadonlySignal<RendezvousState>;
  /** Why this tab's Node has closed: it goes on elsewhere. Undefined while it is in the network. */
  readonly departure: ReadonlySignal<string | undefined>;
}

/** Between two looks at who is here. The first change is shown at once; in a crowd that joins there are a hundred a second. */
export const LOOK_MS = 500;

export function watchPeople({ node, events }: Session, timers: Timers): People {
  const members = signal(node.members());
  const rendezvous = signal(node.rendezvous);
  let isResting = false;
  let hasChanged = false;
  const look = (): void => {
    hasChanged = isResting;
    if (isResting) return;
    isResting = true;
    members.value = steadyMembers(members.value, node.members());
    timers.after(LOOK_MS, () => {
      isResting = false;
      if (hasChanged) look();
    });
  };
  node.events.on('membersChanged', look);
  node.events.on('rendezvous', (state) => {
    rendezvous.value = state;
  });
  const departure = signal<string | undefined>(undefined);
  events.on('replaced', ({ message }) => {
    departure.value = message;
  });
  return { members, rendezvous, departure };
}
