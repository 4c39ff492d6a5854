import { expect, it } from 'vitest';
import type { Member, MeshEvents } from '../../mesh/index.ts';
import { Emitter } from '../../runtime/index.ts';
import type { Session } from '../session.ts';
import { watchPeople } from './people.ts';

it('follows the Node: who is here, whether the meeting point is, and why this tab is not any more', () => {
  let members: readonly Member[] = [];
  const nodeEvents = new Emitter<MeshEvents>();
  const events: Session['events'] = new Emitter();
  const node = { events: nodeEvents, rendezvous: 'connecting', members: () => members };
  const people = watchPeople({ node, events } as unknown as Session);
  expect(people.rendezvous.value).toBe('connecting');
  members = [{} as Member];
  expect(people.members.value).toEqual([]);
  nodeEvents.emit('membersChanged', undefined);
  expect(people.members.value).toEqual(members);
  nodeEvents.emit('rendezvous', 'online');
  expect(people.rendezvous.value).toBe('online');
  expect(people.departure.value).toBeUndefined();
  events.emit('replaced', { message: 'it goes on elsewhere' });
  expect(people.departure.value).toBe('it goes on elsewhere');
});
