/** The subscriptions of all clients of this Node: who of them gets a message, and of each queue group which one. */
import type { ClientId, ClientState, ClientSubscription } from './client-state.ts';
import { messageWeight, type Pattern, type Subject } from './contract.ts';
import { FairChoice } from './fair-choice.ts';
import type { Publication } from './publication.ts';
import type { Receipt } from './receipt.ts';
import { SubjectTrie } from './trie.ts';

export interface LocalMatches {
  readonly plain: readonly ClientSubscription[];
  /** By name: as in NATS, the members of a queue group may have subscribed to it by different patterns. */
  readonly groups: ReadonlyMap<string, readonly ClientSubscription[]>;
}

export interface LocalSubscribersPort {
  /** `by` more subscriptions of that pattern and queue, or fewer. */
  changed(pattern: Pattern, queue: string | undefined, by: 1 | -1): void;
}

/** Of a client that has gone, those that are taken out in one go: some milliseconds. A hundred thousand would hold everyone else up for a second. */
const REMOVED_AT_ONCE = 4_096;

export class LocalSubscribers {
  readonly #port: LocalSubscribersPort;
  readonly #trie = new SubjectTrie<ClientSubscription, LocalMatches>(sorted);
  readonly #turns = new Map<string, { readonly choice: FairChoice<ClientSubscription>; members: number }>();

  /** Of clients that have gone: they get nothing any more, and are taken out by and by. */
  readonly #left: ClientState[] = [];

  constructor(port: LocalSubscribersPort) {
    this.#port = port;
  }

  /** Subscriptions of clients that have gone are still to be taken out. */
  get isRemoving(): boolean {
    return this.#left.length > 0;
  }

  add(subscription: ClientSubscription): void {
    const { client, sid, pattern, queue } = subscription;
    client.subscriptions.set(sid, subscription);
    this.#trie.insert(pattern, subscription);
    if (queue !== undefined) {
      const turns = this.#turns.get(queue);
      if (turns) turns.members++;
      else this.#turns.set(queue, { choice: new FairChoice(), members: 1 });
    }
    this.#port.changed(pattern, queue, 1);
  }

  /** At once, with what waits for it. */
  remove(subscription: ClientSubscription): void {
    subscription.client.drop(subscription);
    this.#unlist(subscription);
  }

  /** All of a client that is closed: some now, the others with each `removeSome`. */
  leave(client: ClientState): void {
    this.#left.push(client);
    if (this.#left.length === 1) this.removeSome();
  }

  removeSome(): void {
    let removed = 0;
    for (let client = this.#left[0]; client; client = this.#left[0]) {
      for (const subscription of client.subscriptions.values()) {
        if (++removed > REMOVED_AT_ONCE) return;
        this.remove(subscription);
      }
      this.#left.shift();
    }
  }

  /** Now; or once it has had `max`, what waits for it included. */
  end(subscription: ClientSubscription, max: number | undefined): void {
    subscription.max = max;
    if (max === undefined) this.remove(subscription);
    else if (subscription.messages >= max) this.finish(subscription);
  }

  match(subject: Subject): LocalMatches {
    return this.#trie.match(subject);
  }

  /** To every subscription that is in no queue group. @param except a client that does not hear itself */
  deliverPlain(publication: Publication, receipt: Receipt | undefined, except?: ClientId): void {
    for (const subscription of this.match(publication.subject).plain) {
      if (isReachable(subscription, publication.subject, except))
        this.#deliver(subscription, publication, receipt);
    }
  }

  /** To one of the queue group, who has room if anybody has; false when nobody is there. */
  deliverToGroup(
    queue: string,
    publication: Publication,
    receipt: Receipt | undefined,
    except?: ClientId,
  ): boolean {
    const members = this.#membersOf(queue, publication.subject, except);
    const bytes = messageWeight(publication);
    const roomy = members.filter((member) => member.client.hasRoom(member, bytes));
    const candidates = (roomy.length > 0 ? roomy : members).map((key) => ({ key, weight: 1 }));
    const chosen = this.#turns.get(queue)?.choice.choose(candidates);
    if (chosen) this.#deliver(chosen, publication, receipt);
    return chosen !== undefined;
  }

  /** Whether a member of the queue group is here, and would take it now. */
  groupState(queue: string, publication: Publication, except?: ClientId): 'nobody' | 'full' | 'room' {
    const members = this.#membersOf(queue, publication.subject, except);
    if (members.length === 0) return 'nobody';
    const bytes = messageWeight(publication);
    return members.some((member) => member.client.hasRoom(member, bytes)) ? 'room' : 'full';
  }

  /** To one client only, once: to that of its plain subscriptions which says most exactly what it wants. */
  deliverToFamily(publication: Publication, family: ClientId): void {
    const { plain } = this.match(publication.subject);
    // The tree finds what is more general first.
    const subscription = plain.findLast(
      (each) => each.client.family === family && isReachable(each, publication.subject, undefined),
    );
    if (subscription) this.#deliver(subscription, publication, undefined);
  }

  #membersOf(queue: string, subject: Subject, except: ClientId | undefined): readonly ClientSubscription[] {
    const members = this.match(subject).groups.get(queue) ?? [];
    return members.filter((member) => isReachable(member, subject, except));
  }

  #deliver(subscription: ClientSubscription, publication: Publication, receipt: Receipt | undefined): void {
    subscription.client.deliver(subscription, publication, receipt);
    if (subscription.max !== undefined && subscription.messages >= subscription.max)
      this.finish(subscription);
  }

  /** It has had all that it wanted: what waits for it still reaches it. */
  finish(subscription: ClientSubscription): void {
    subscription.client.subscriptions.delete(subscription.sid);
    this.#unlist(subscription);
  }

  #unlist(subscription: ClientSubscription): void {
    const { pattern, queue } = subscription;
    if (!this.#trie.remove(pattern, subscription)) return;
    const turns = queue === undefined ? undefined : this.#turns.get(queue);
    if (queue !== undefined && turns) {
      turns.choice.forget(subscription);
      if (--turns.members === 0) this.#turns.delete(queue);
    }
    this.#port.changed(pattern, queue, -1);
  }
}

function isReachable(
  { client, queue }: ClientSubscription,
  subject: Subject,
  except: ClientId | undefined,
): boolean {
  if (client.family === except || client.isClosed) return false;
  return client.options.mayHear?.(subject, queue) ?? true;
}

function sorted(subscriptions: readonly ClientSubscription[]): LocalMatches {
  const plain: ClientSubscription[] = [];
  const groups = new Map<string, ClientSubscription[]>();
  for (const subscription of subscriptions) {
    const { queue } = subscription;
    if (queue === undefined) plain.push(subscription);
    else if (!groups.get(queue)?.push(subscription)) groups.set(queue, [subscription]);
  }
  return { plain, groups };
}
