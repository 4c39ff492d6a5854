/** Test support: what an invite says, with an address of each kind. */
import type { Random } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { INVITE_ID_BYTES, type InviteText } from './invite-text.ts';

export function sampleOffer(random: Random, from = newNodeId(random)): InviteText {
  return {
    kind: 'offer',
    from,
    invite: random.bytes(INVITE_ID_BYTES),
    description: {
      ufrag: 'Zx9+',
      password: 'q1w2e3r4t5y6u7i8o9p0aAsS',
      fingerprint: random.bytes(32),
      setup: 'actpass',
      candidates: [
        { type: 'host', protocol: 'udp', address: '192.168.1.77', port: 50_123 },
        {
          type: 'host',
          protocol: 'udp',
          address: '0a1b2c3d-4e5f-4aaa-8bbb-0123456789ab.local',
          port: 50_124,
        },
        { type: 'srflx', protocol: 'udp', address: '203.0.113.9', port: 61_000 },
        { type: 'relay', protocol: 'tcp', address: '2001:db8:0:0:0:0:0:1', port: 443 },
      ],
    },
  };
}
