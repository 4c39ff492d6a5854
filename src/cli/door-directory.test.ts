import { describe, expect, it } from 'vitest';
import type { Member, MeshEvents } from '../mesh/index.ts';
import { Emitter } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import { type DoorUrls, shareDoors, urlsOf } from './door-directory.ts';

const ETH = {
  eth0: [
    { address: '10.0.0.7', family: 'IPv4', internal: false, netmask: '', mac: '', cidr: null },
    { address: 'fe80::1', family: 'IPv6', internal: false, netmask: '', mac: '', cidr: null, scopeid: 1 },
  ],
} as const;
const PORTS = { nats: 4222, websocket: 9222 };

describe('where a door is found', () => {
  it('is nowhere on loopback, at its address, or at all addresses of the machine', () => {
    const nowhere = { nats: [], websocket: [] };
    expect(urlsOf('127.0.0.1', PORTS, undefined, { ...ETH })).toEqual(nowhere);
    expect(urlsOf('10.1.1.1', PORTS, undefined, {})).toEqual({
      nats: ['10.1.1.1:4222'],
      websocket: ['10.1.1.1:9222'],
    });
    expect(urlsOf('0.0.0.0', { nats: 4222, websocket: undefined }, undefined, { ...ETH })).toEqual({
      nats: ['10.0.0.7:4222'],
      websocket: [],
    });
  });

  it('is where it says itself', () => {
    expect(urlsOf('127.0.0.1', PORTS, 'door.example:443', {})).toEqual({
      nats: ['door.example:443'],
      websocket: ['door.example:9222'],
    });
    expect(urlsOf('127.0.0.1', PORTS, 'door.example', {}).nats).toEqual(['door.example:4222']);
  });
});

describe('doors of one network', () => {
  it('learn of each other, of changes once, and believe no nonsense', () => {
    const events = new Emitter<MeshEvents>();
    const member = (id: string, attributes: Record<string, string>, isSelf = false): Member =>
      ({ id: id as NodeId, isSelf, attributes }) as Member;
    let members: Member[] = [member('a', {}, true)];
    const said: object[] = [];
    const heard: DoorUrls[] = [];
    const end = shareDoors(
      {
        members: () => members,
        setInfo: (change) => void said.push(change),
        on: (name, listener) => events.on(name, listener),
      },
      { nats: ['a:1'], websocket: [] },
      (all) => void heard.push(all),
    );
    const tell = (...others: Member[]): void => {
      members = [member('a', { nats: 'a:1' }, true), ...others];
      events.emit('membersChanged', undefined);
    };
    expect(said).toEqual([{ nats: 'a:1', natsWebSocket: '' }]);
    tell(member('b', { name: 'no door' }));
    tell(member('b', { nats: 'b:1,a:1,[::1]:2', natsWebSocket: 'b:3' }));
    tell(member('b', { nats: 'b:1,a:1,[::1]:2', natsWebSocket: 'b:3' }));
    tell(member('c', { nats: 'evil" \r\nINFO {}:1,c:1,c:2,c:3,c:4,c,:1,c:123456' }));
    end();
    tell();
    expect(heard).toEqual([
      { nats: ['a:1'], websocket: [] },
      { nats: ['a:1', 'b:1', '[::1]:2'], websocket: ['b:3'] },
      { nats: ['a:1', 'c:1', 'c:2', 'c:3'], websocket: [] },
    ]);
  });
});
