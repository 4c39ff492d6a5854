/**
 * What a client that is in may do: each of its commands is let through to the Broker, answered by the door, refused with NATS' text, or
 * held back.
 */
import {
  type BrokerVerb,
  type ClientVerb,
  type ConnectOptions,
  keptProblem,
  type Pattern,
  patternProblem,
  type Subject,
  subjectProblem,
} from '../services/pubsub/index.ts';
import { answerOf, type DoorAnswer, isForTheDoor } from './answers.ts';
import type { NatsClientOptions } from './client-events.ts';
import type { ConnectFields } from './connect-fields.ts';
import { type NatsCommand, NO_TEXT } from './nats-commands.ts';
import { PermissionGate } from './permissions.ts';
import { RateGate } from './rate-gate.ts';
import type { ServerInfo } from './server-info.ts';
import type { SubscriptionList } from './subscription-list.ts';
import type { Admitted } from './users.ts';

type CommandOf<Type extends NatsCommand['type']> = Extract<NatsCommand, { readonly type: Type }>;
type Delivery = Extract<BrokerVerb, { readonly type: 'msg' }>;

export interface Outcome {
  /** Texts of -ERR. */
  readonly refusals: readonly string[];
  /** Whether a verbose client hears +OK. */
  readonly isOk: boolean;
  readonly say?: ClientVerb;
  readonly answer?: DoorAnswer;
  /** Not now: it is to be tried again then. */
  readonly waitUntilMs?: number;
}

const NONE: readonly string[] = [];
const OK: Outcome = { refusals: NONE, isOk: true };

export class ClientSession {
  readonly user: Admitted;
  readonly #permissions: PermissionGate;
  readonly #rate: RateGate;
  readonly #subscriptions: SubscriptionList;

  constructor(user: Admitted, subscriptions: SubscriptionList) {
    this.user = user;
    this.#permissions = new PermissionGate(user.permissions);
    this.#rate = new RateGate(user.rate);
    this.#subscriptions = subscriptions;
  }

  publish(command: CommandOf<'pub'>, fields: ConnectFields, server: ServerInfo, now: number): Outcome {
    const { subject, reply, headers, payload } = command;
    const admission = this.#rate.admit(payload.length + (headers?.length ?? 0), now);
    if (admission.type === 'wait') return { ...OK, waitUntilMs: admission.untilMs };
    const problem = problemOf(subject) ?? (reply === undefined ? undefined : problemOf(reply));
    const isPedantic = problem !== undefined && fields.pedantic;
    const violation =
      admission.type === 'refused'
        ? `: over ${admission.rate}`
        : this.#permissions.mayPublish(subject, now)
          ? publicationProblem(subject, isPedantic ? undefined : problem)
          : '';
    if (violation !== undefined || isPedantic) return notPublished(subject, isPedantic, violation);
    const answer = isForTheDoor(subject)
      ? answerOf(command, { user: this.user, noResponders: fields.noResponders, server })
      : undefined;
    if (answer === 'none') return OK;
    if (answer) return { ...OK, answer };
    const say: ClientVerb = {
      type: 'pub',
      subject: subject as Subject,
      reply: reply as Subject | undefined,
      // None of no bytes: as nats-server, which makes a MSG of it.
      headers: headers?.length === 0 ? undefined : headers,
      payload,
      ack: undefined,
    };
    return { refusals: NONE, isOk: true, say };
  }

  subscribe(
    { subject, queue, sid }: CommandOf<'sub'>,
    { takesGroup }: Pick<NatsClientOptions, 'takesGroup'>,
  ): Outcome {
    const group = queue === undefined ? '' : ` using queue "${queue}"`;
    const violation = `Permissions Violation for Subscription to "${subject}"${group}`;
    if (!this.#permissions.maySubscribe(subject, queue)) return refused(violation);
    if (subject.includes(NO_TEXT) || patternProblem(subject) !== undefined) return refused('Invalid Subject');
    // Clients live on with that, and tell the subscription.
    if (queue !== undefined && !takesGroup(queue))
      return refused(`${violation}: its name is too long, or there are too many queue groups here`);
    const added = this.#subscriptions.add(sid);
    if (added === 'too-many') return refused('maximum subscriptions exceeded');
    if (added === 'taken') return OK;
    const pattern = subject as Pattern;
    return { ...OK, say: { type: 'sub', sid: added, pattern, queue, ack: undefined, slow: undefined } };
  }

  unsubscribe({ sid, max }: CommandOf<'unsub'>): Outcome {
    const known = this.#subscriptions.end(sid, max);
    return known === undefined ? OK : { ...OK, say: { type: 'unsub', sid: known, max } };
  }

  /** For the Broker; undefined where all that a subscription was let in for may be heard. */
  get mayHear(): ConnectOptions['mayHear'] {
    const permissions = this.#permissions;
    return permissions.hidesSome ? (subject, queue) => permissions.mayHear(subject, queue) : undefined;
  }

  delivered({ sid, reply }: Delivery, now: number): void {
    this.#subscriptions.delivered(sid);
    if (reply !== undefined) this.#permissions.delivered(reply, now);
  }
}

/** Behind the text of a violation. */
function publicationProblem(subject: string, problem: string | undefined): string | undefined {
  const why = keptProblem(subject) ?? problem;
  return why === undefined ? undefined : `: ${why}`;
}

/** nats-server says nothing to a client that is not pedantic, and delivers it to nobody. */
function notPublished(subject: string, isPedantic: boolean, violation: string | undefined): Outcome {
  const refusals = isPedantic ? ['Invalid Publish Subject'] : [];
  if (violation === undefined) return { refusals, isOk: true };
  return {
    refusals: [...refusals, `Permissions Violation for Publish to "${subject}"${violation}`],
    isOk: false,
  };
}

function problemOf(subject: string): string | undefined {
  return subject.includes(NO_TEXT) ? 'it is no UTF-8' : subjectProblem(subject);
}

function refused(text: string): Outcome {
  return { refusals: [text], isOk: false };
}
