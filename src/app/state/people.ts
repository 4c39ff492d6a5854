/** Who is here: the mesh's members as signals, in the order in which they joined, ourselves first; and whether we still are. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Member } from '../../mesh/index.ts';
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

export function watchPeople({ node, events }: Session): People {
  const members = signal(node.members());
  const rendezvous = signal(node.rendezvous);
  node.events.on('membersChanged', () => {
    members.value = steadyMembers(members.value, node.members());
  });
  node.events.on('rendezvous', (state) => {
    rendezvous.value = state;
  });
  const departure = signal<string | undefined>(undefined);
  events.on('replaced', ({ message }) => {
    departure.value = message;
  });
  return { members, rendezvous, departure };
}
