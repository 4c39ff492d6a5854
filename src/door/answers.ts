/**
 * Requests that a door answers by itself, whoever subscribes to what: who a client is (`$SYS.REQ.USER.INFO`, as nats-server 2.10 has it), and
 * that there is no JetStream. The answer goes to the reply subject like any other message.
 */
import { keptProblem, type Subject, subjectProblem } from '../services/pubsub/index.ts';
import type { NatsCommand } from './nats-commands.ts';
import type { Permissions, SubjectRules } from './permissions.ts';
import { NATS_VERSION, type ServerInfo } from './server-info.ts';
import type { Admitted } from './users.ts';

export interface DoorAnswer {
  readonly subject: Subject;
  readonly headers: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

const USER_INFO = '$SYS.REQ.USER.INFO';
const JETSTREAM = '$JS.API.';
const NO_RESPONDERS = new TextEncoder().encode('NATS/1.0 503\r\n\r\n');
const EMPTY = new Uint8Array(0);

export interface Asker {
  readonly user: Admitted | undefined;
  /** Whether it understands that nobody answers. */
  readonly noResponders: boolean;
  readonly server: ServerInfo;
}

export function isForTheDoor(subject: string): boolean {
  return subject.startsWith(JETSTREAM) || subject === USER_INFO;
}

/** Of a publication that is for the door. `none`: there is nothing to say. */
export function answerOf(
  { subject, reply }: Extract<NatsCommand, { type: 'pub' }>,
  { user, noResponders, server }: Asker,
): DoorAnswer | 'none' {
  const isOfJetStream = subject !== USER_INFO;
  if (reply === undefined || subjectProblem(reply) !== undefined) return 'none';
  // What is kept for the system nobody has said by asking us for it.
  if (keptProblem(reply) !== undefined) return 'none';
  const to = reply as Subject;
  if (!isOfJetStream) return { subject: to, headers: undefined, payload: userInfo(user, server) };
  return noResponders ? { subject: to, headers: NO_RESPONDERS, payload: EMPTY } : 'none';
}

function userInfo(user: Admitted | undefined, { serverId, serverName, host }: ServerInfo): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({
      server: { name: serverName, host, id: serverId, ver: NATS_VERSION, jetstream: false },
      data: {
        user: user?.name ?? '',
        account: '$G',
        ...(user && { permissions: permissionsOf(user.permissions) }),
      },
    }),
  );
}

function permissionsOf({ publish, subscribe, responses }: Permissions): object {
  const rules = ({ allow, deny }: SubjectRules): object => ({
    ...(allow && { allow }),
    ...(deny.length > 0 && { deny }),
  });
  return {
    publish: rules(publish),
    subscribe: rules(subscribe),
    ...(responses && { responses: { max: responses.max, ttl: responses.ttlMs * 1e6 } }),
  };
}
