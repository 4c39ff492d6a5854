/**
 * What a user may say and hear: subjects that are allowed, subjects that are denied, denial first, as NATS' `permissions` block has them.
 * One difference: a subscription with wildcards must lie within what is allowed as a whole. (nats-server compares it as if it were a
 * subject, so that its `allow: foo.*` lets `foo.>` in and delivers `foo.a.b`.)
 */

/** A pattern; of a subscription it may be followed by a blank and a queue group, which may be a pattern, too. */
export interface SubjectRules {
  /** Undefined: all. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

export interface Permissions {
  readonly publish: SubjectRules;
  readonly subscribe: SubjectRules;
  /** Beside `publish.allow`: the reply subjects of messages that were delivered, so many times and so long. */
  readonly responses: { readonly max: number; readonly ttlMs: number } | undefined;
  /** With it, what begins with `_INBOX` may be heard below this prefix only: nobody reads another's answers. */
  readonly inboxPrefix: string | undefined;
}

export const ALL_PERMITTED: Permissions = {
  publish: { allow: undefined, deny: [] },
  subscribe: { allow: undefined, deny: [] },
  responses: undefined,
  inboxPrefix: undefined,
};

const INBOX = '_INBOX';
/** Reply subjects that are remembered for one client. */
const MAX_RESPONSES = 4_096;

/** Of one client; it remembers whom it may answer. */
export class PermissionGate {
  readonly #permissions: Permissions;
  readonly #responses = new Map<string, { left: number; readonly untilMs: number }>();
  /** Of what it subscribes to it may not have everything. */
  readonly hidesSome: boolean;

  constructor(permissions: Permissions) {
    this.#permissions = permissions;
    this.hidesSome = permissions.subscribe.deny.length > 0 || permissions.inboxPrefix !== undefined;
  }

  mayPublish(subject: string, now: number): boolean {
    const { allow, deny } = this.#permissions.publish;
    if (deny.some((rule) => covers(rule, subject))) return false;
    if (allow === undefined || allow.some((rule) => covers(rule, subject))) return true;
    const response = this.#responses.get(subject);
    if (!response || response.untilMs < now) return false;
    if (--response.left <= 0) this.#responses.delete(subject);
    return true;
  }

  maySubscribe(pattern: string, queue: string | undefined): boolean {
    const { allow, deny } = this.#permissions.subscribe;
    if (deny.some((rule) => isForSubscription(rule, pattern, queue))) return false;
    if (allow !== undefined && !allow.some((rule) => isForSubscription(rule, pattern, queue))) return false;
    const { inboxPrefix } = this.#permissions;
    return inboxPrefix === undefined || !pattern.startsWith(INBOX) || covers(`${inboxPrefix}.>`, pattern);
  }

  /** Whether a subscription that was let in may have this message: one with wildcards may reach what is denied. */
  mayHear(subject: string, queue: string | undefined): boolean {
    const { subscribe, inboxPrefix } = this.#permissions;
    if (subscribe.deny.some((rule) => isForSubscription(rule, subject, queue))) return false;
    return inboxPrefix === undefined || !subject.startsWith(INBOX) || covers(`${inboxPrefix}.>`, subject);
  }

  /** A message with a reply subject was delivered: it may be answered. */
  delivered(reply: string, now: number): void {
    const { responses } = this.#permissions;
    if (!responses) return;
    if (this.#responses.size >= MAX_RESPONSES) {
      for (const [subject, { untilMs }] of this.#responses)
        if (untilMs < now) this.#responses.delete(subject);
      // The oldest gives way.
      for (const subject of this.#responses.keys()) {
        if (this.#responses.size < MAX_RESPONSES) break;
        this.#responses.delete(subject);
      }
    }
    this.#responses.set(reply, { left: responses.max, untilMs: now + responses.ttlMs });
  }
}

/** Whether every subject that `pattern` matches is matched by `rule`. Both are whole, tokens between dots. */
export function covers(rule: string, pattern: string): boolean {
  if (rule === pattern || rule === '>') return true;
  const wanted = rule.split('.');
  const tokens = pattern.split('.');
  for (const [index, token] of wanted.entries()) {
    const given = tokens[index];
    if (given === undefined) return false;
    if (token === '>') return true;
    if (given === '>' || (token !== '*' && token !== given)) return false;
  }
  return tokens.length === wanted.length;
}

/** A rule without a queue group is for all of them, one with it for that one only. */
function isForSubscription(rule: string, pattern: string, queue: string | undefined): boolean {
  const [subject = '', group] = rule.split(/\s+/);
  if (!covers(subject, pattern)) return false;
  return group === undefined || (queue !== undefined && covers(group, queue));
}
