import { expect, it } from 'vitest';
import type { Member, MeshEvents } from '../../mesh/index.ts';
import { Emitter } from '../../runtime/index.ts';
import type { Session } from '../session.ts';
import { LOOK_MS, watchPeople } from './people.ts';

it('follows the Node: who is here, whether the meeting point is, and why this tab is not any more', () => {
  let members: readonly Member[] = [];
  const nodeEvents = new Emitter<MeshEvents>();
  const events: Session['events'] = new Emitter();
  const node = { events: nodeEvents, rendezvous: 'connecting', members: () => members };
  const people = watchPeople({ node, events } as unknown as Session, { after: () => () => {} });
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

it('looks at once, and in a crowd that comes or goes twice a second', () => {
  let members: readonly Member[] = [];
  const nodeEvents = new Emitter<MeshEvents>();
  let looks = 0;
  const look = (): readonly Member[] => {
    looks++;
    return members;
  };
  const waits: { delayMs: number; end: () => void }[] = [];
  const after = (delayMs: number, end: () => void) => {
    waits.push({ delayMs, end });
    return () => {};
  };
  const node = { events: nodeEvents, rendezvous: 'online', members: look };
  const people = watchPeople({ node, events: new Emitter() } as unknown as Session, { after });
  looks = 0;
  for (let i = 0; i < 100; i++) {
    members = [...members, { id: String(i) } as unknown as Member];
    nodeEvents.emit('membersChanged', undefined);
  }
  expect(looks).toBe(1);
  expect(people.members.value).toHaveLength(1);
  waits.shift()?.end();
  expect(people.members.value).toHaveLength(100);
  expect(waits).toMatchObject([{ delayMs: LOOK_MS }]);
  waits.shift()?.end();
  expect(looks).toBe(2);
  expect(waits).toEqual([]);
});
