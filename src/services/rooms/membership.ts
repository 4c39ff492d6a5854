/** Who has the room, as an application sees it: ourselves first, then who is here, then those on the list who are not. */
import type { NodeId } from '../../wire/index.ts';
import type { Authors } from './authors.ts';
import type { Member } from './contract.ts';
import type { Introductions } from './introductions.ts';
import type { Members } from './members.ts';

export interface Membership {
  readonly self: NodeId;
  readonly introductions: Introductions;
  readonly listed: Members;
  readonly peers: readonly NodeId[];
  readonly authors: Authors;
}

export function membersNow({ self, introductions, listed, peers, authors }: Membership): readonly Member[] {
  const byNode = new Map([...listed.values()].map((entry) => [authors.nodeOf(entry), entry]));
  const introduced = new Map(introductions.entries.map((entry) => [authors.nodeOf(entry), entry]));
  const own = introductions.self;
  const here = peers.map((node): Member => {
    const entry = introduced.get(node) ?? byNode.get(node);
    return {
      ...{ node, device: entry?.device, grant: entry?.grant ?? 'read' },
      ...{ isSelf: false, isHere: true },
    };
  });
  const present = new Set([own.device, ...here.map(({ device }) => device)]);
  const away = [...byNode].flatMap(([node, { device, grant }]): readonly Member[] =>
    present.has(device) || node === self ? [] : [{ node, device, grant, isSelf: false, isHere: false }],
  );
  return [{ node: self, device: own.device, grant: own.grant, isSelf: true, isHere: true }, ...here, ...away];
}
