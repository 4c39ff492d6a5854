/**
 * One client at the door: NATS' words on its side, the Broker's verbs on ours. Pure: bytes, verbs and the time come in, effects go out, and
 * the driver (sockets/) does them in order. What NATS says to a mistake, and whether it then closes, was read off nats-server 2.9
 * (agreement.test.ts); what is ours is in docs/door.md.
 *
 * A PING goes to the Broker and its answer comes back behind the messages that were published before it: the `flush()` of clients means
 * what it does at a NATS server. Reading stops while the publisher is over its rate, and while the Broker has as much of what it
 * published as it takes: nothing piles up here for a client that sends faster than the mesh.
 */
import { type BrokerVerb, type ClientVerb, messageWeight } from '../services/pubsub/index.ts';
import type { NatsClientOptions, NatsEffect, NatsEvent } from './client-events.ts';
import { ClientSession, type Outcome } from './client-session.ts';
import { type ConnectFields, connectProblem, readConnect, UNSAID } from './connect-fields.ts';
import { Keepalive } from './keepalive.ts';
import type { NatsCommand } from './nats-commands.ts';
import { NatsParser } from './nats-parser.ts';
import { NatsWriter } from './nats-writer.ts';
import { infoLine, type ServerInfo } from './server-info.ts';
import { stoodStill } from './stood-still.ts';
import { SubscriptionList } from './subscription-list.ts';
import type { Admitted } from './users.ts';

type Publication = Extract<NatsCommand, { readonly type: 'pub' }>;

export class NatsClient {
  readonly #options: NatsClientOptions;
  readonly #parser: NatsParser;
  readonly #writer = new NatsWriter();
  readonly #keepalive: Keepalive;
  #connectBy: number;
  readonly #subscriptions: SubscriptionList;
  #server: ServerInfo;
  #fields: ConnectFields = UNSAID;
  #session: ClientSession | undefined;
  /** A message that its publisher is too fast for. */
  #held: { readonly command: Publication; readonly untilMs: number } | undefined;
  #isPaused = false;
  #hasEnded = false;
  /** The Broker has as much of what this client published as it takes. */
  #isFull = false;
  /** It does not read what it is told. */
  #isClogged = false;
  #effects: NatsEffect[] = [];
  #taken = 0;

  constructor(options: NatsClientOptions, now: number) {
    const { limits, server } = options;
    this.#options = options;
    this.#server = server;
    this.#parser = new NatsParser(limits);
    this.#subscriptions = new SubscriptionList(limits.maxSubscriptions);
    this.#keepalive = new Keepalive(limits, now);
    this.#connectBy = now + limits.connectTimeoutMs;
  }

  get fields(): ConnectFields {
    return this.#fields;
  }

  /** '' where nobody is asked; undefined until it is known. */
  get userName(): string | undefined {
    return this.#session?.user.name;
  }

  get #isAwaitingConnect(): boolean {
    return this.#session === undefined && this.#options.users.areAsked;
  }

  /** When `wake` is due at the latest, if nothing happens before. */
  get nextWakeAt(): number {
    if (this.#hasEnded) return Number.POSITIVE_INFINITY;
    const connectBy = this.#isAwaitingConnect ? this.#connectBy : Number.POSITIVE_INFINITY;
    const heldUntil = this.#held?.untilMs ?? Number.POSITIVE_INFINITY;
    return Math.min(connectBy, heldUntil, this.#keepalive.nextAt);
  }

  handle(event: NatsEvent, now: number): readonly NatsEffect[] {
    if (this.#hasEnded) return [];
    switch (event.type) {
      case 'opened':
        this.#sayInfo();
        break;
      case 'bytes':
        this.#keepalive.heard(now);
        this.#parser.push(event.bytes);
        break;
      case 'heard':
        for (const verb of event.verbs) this.#hear(verb, now);
        break;
      case 'full':
      case 'room':
        this.#isFull = event.type === 'full';
        break;
      case 'clogged':
      case 'clear':
        this.#isClogged = event.type === 'clogged';
        break;
      case 'refuse':
        this.#refuse(event.text);
        break;
      case 'missed':
        // What official clients tell their application, and connect anew after.
        if (!this.#subscriptions.isEmpty) this.#refuse('Stale Connection');
        break;
      case 'leave':
        this.#end(event.reason);
        break;
      case 'server':
        this.#server = event.server;
        if (this.#session && this.#fields.protocol >= 1) this.#sayInfo();
        break;
      case 'wake':
        this.#wake(now);
        break;
    }
    this.#read(now);
    this.#write();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #wake(now: number): void {
    if (this.#isAwaitingConnect && now >= this.#connectBy) {
      // To official clients it is final when it is said twice: never for what was ours.
      if (stoodStill(this.#connectBy, now)) this.#connectBy = now + this.#options.limits.connectTimeoutMs;
      else this.#refuse('Authentication Timeout');
      return;
    }
    // Whom we do not read we cannot hear; who does not read us may well be gone.
    if (this.#isPaused && !this.#isClogged) this.#keepalive.heard(now);
    const due = this.#keepalive.due(now);
    if (due === 'stale') this.#refuse('Stale Connection');
    else if (due === 'ping') this.#writer.line('PING');
  }

  /** Reads on until nothing is left, or something has to wait. */
  #read(now: number): void {
    while (!this.#hasEnded && !this.#isFull && !this.#isClogged) {
      const command = this.#held?.command ?? this.#parser.next();
      if (command === undefined) {
        this.#pause(false);
        return;
      }
      this.#held = undefined;
      this.#command(command, now);
      if (this.#held) break;
    }
    this.#pause(!this.#hasEnded);
  }

  #pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#effects.push({ type: isPaused ? 'pause' : 'resume' });
  }

  #command(command: NatsCommand, now: number): void {
    if (command.type === 'error') {
      const isTooEarly = this.#isAwaitingConnect && !command.isOfConnect;
      this.#refuse(isTooEarly ? 'Authorization Violation' : command.text);
    } else if (command.type === 'connect') {
      this.#connect(command.json);
    } else {
      const { unnamed } = this.#options.users;
      if (!this.#session && unnamed) this.#enter(unnamed, UNSAID);
      if (this.#session) this.#obey(command, this.#session, now);
      else this.#refuse('Authorization Violation');
    }
  }

  #obey(
    command: Exclude<NatsCommand, { type: 'connect' | 'error' }>,
    session: ClientSession,
    now: number,
  ): void {
    switch (command.type) {
      case 'pub':
        this.#publish(command, session, now);
        break;
      case 'sub':
        this.#do(session.subscribe(command, this.#options));
        break;
      case 'unsub':
        this.#do(session.unsubscribe(command));
        break;
      case 'ping':
        this.#say({ type: 'ping' });
        break;
      case 'pong':
        break;
    }
  }

  #publish(command: Publication, session: ClientSession, now: number): void {
    // nats-server closes at headers that were not agreed on, without a word.
    if (command.headers && !this.#fields.headers) {
      this.#refuse(undefined);
      return;
    }
    const outcome = session.publish(command, this.#fields, this.#server, now);
    if (outcome.waitUntilMs === undefined) this.#do(outcome);
    else this.#held = { command, untilMs: outcome.waitUntilMs };
  }

  #connect(json: string): void {
    const fields = readConnect(json, this.#fields);
    if (!fields) {
      this.#refuse(undefined);
      return;
    }
    const user = this.#options.users.admit(fields, this.#options.nonce);
    const problem = user ? connectProblem(fields) : 'Authorization Violation';
    if (!user || problem !== undefined) {
      this.#refuse(problem);
      return;
    }
    this.#enter(user, fields);
    if (fields.verbose) this.#writer.line('+OK');
  }

  #enter(user: Admitted, fields: ConnectFields): void {
    this.#fields = fields;
    // Who says CONNECT again keeps its subscriptions, and under its own name what it has used of its rate.
    if (this.#session?.user !== user) this.#session = new ClientSession(user, this.#subscriptions);
    const { mayHear } = this.#session;
    const { name, echo, headers, noResponders } = fields;
    this.#say({
      type: 'connect',
      options: { name, echo, headers, noResponders, ...(mayHear && { mayHear }) },
    });
  }

  #do({ refusals, isOk, say, answer }: Outcome): void {
    if (refusals.length > 0) for (const text of refusals) this.#writer.line(`-ERR '${text}'`);
    if (isOk && this.#fields.verbose) this.#writer.line('+OK');
    if (say) this.#say(say);
    if (answer) this.#effects.push({ type: 'answer', ...answer });
  }

  #hear(verb: BrokerVerb, now: number): void {
    if (this.#hasEnded) return;
    switch (verb.type) {
      case 'msg':
        this.#deliver(verb, now);
        break;
      case 'pong':
        this.#writer.line('PONG');
        break;
      case 'ping':
        this.#say({ type: 'pong' });
        break;
      case 'close':
        this.#end(verb.reason);
        break;
      case 'ack':
      case 'info':
        break;
    }
  }

  #deliver(message: Extract<BrokerVerb, { type: 'msg' }>, now: number): void {
    this.#taken += messageWeight(message);
    this.#session?.delivered(message, now);
    const { sid, subject, reply, headers, payload } = message;
    this.#writer.message(sid, subject, reply, this.#fields.headers ? headers : undefined, payload);
  }

  #sayInfo(): void {
    const { clientId, clientIp, users, limits, nonce } = this.#options;
    this.#writer.line(
      infoLine(this.#server, {
        clientId,
        clientIp,
        nonce: users.haveKeys ? nonce : undefined,
        isAuthRequired: users.areAsked,
        maxPayloadBytes: limits.maxPayloadBytes,
      }),
    );
  }

  #say(verb: ClientVerb): void {
    this.#effects.push({ type: 'say', verb });
  }

  #write(): void {
    if (this.#hasEnded) return;
    const pieces = this.#writer.take();
    if (pieces.length > 0 || this.#taken > 0)
      this.#effects.push({ type: 'write', pieces, taken: this.#taken });
    this.#taken = 0;
  }

  /** @param text undefined where NATS closes without a word */
  #refuse(text: string | undefined): void {
    if (text !== undefined) this.#writer.line(`-ERR '${text}'`);
    this.#end(text ?? 'Protocol Violation');
  }

  #end(reason: string): void {
    this.#write();
    this.#hasEnded = true;
    this.#effects.push({ type: 'end', reason });
  }
}
