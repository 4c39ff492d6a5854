/** The `authorization` block: users with their proofs, permissions and rates. */
import { patternProblem } from '../../services/pubsub/index.ts';
import { userKeyBytes } from '../nkey.ts';
import { ALL_PERMITTED, type Permissions, type SubjectRules } from '../permissions.ts';
import { NO_RATE, type Rate } from '../rate-gate.ts';
import type { DoorUser, Proof } from '../users.ts';
import { ConfigFields, fieldsOf, type NotOffered, textOf } from './fields.ts';
import { ConfigError, type ConfigValue } from './syntax.ts';

const MAX_RATE = 1e12;
/** nats-server's, for `allow_responses: true`. */
const RESPONSES = { max: 1, ttlMs: 120_000 };
const MAX_RESPONSES = 1e6;

const NOTHING: NotOffered = { harmless: new Set(), refused: new Map() };
const OF_USERS: NotOffered = {
  harmless: new Set(),
  refused: new Map([['allowed_connection_types', 'a user may come in at every port of the door']]),
};
const OF_AUTHORIZATION: NotOffered = {
  harmless: new Set(['timeout']),
  refused: new Map([['auth_callout', 'name the users in the file']]),
};

export interface Authorization {
  readonly users: readonly DoorUser[];
  readonly notes: readonly string[];
}

/** @throws ConfigError */
export function readAuthorization(fields: ConfigFields): Authorization {
  const defaults = fields.value('default_permissions', 'default_permission');
  const usual = defaults ? readPermissions(fieldsOf(defaults, 'default_permissions')) : ALL_PERMITTED;
  const users: DoorUser[] = [];
  const token = fields.text('token');
  if (token !== undefined) users.push(userOf('token', { type: 'token', token: plain(token, fields) }, usual));
  const name = fields.text('user', 'username');
  const password = fields.text('password', 'pass');
  if (name !== undefined || password !== undefined) {
    if (name === undefined || password === undefined) {
      throw new ConfigError(fields.map.line, 'user and password belong together');
    }
    users.push(userOf(name, { type: 'password', password: plain(password, fields) }, usual));
  }
  for (const one of fields.list('users') ?? []) {
    const user = readUser(fieldsOf(one, 'a user'), usual);
    if (users.some((other) => other.name === user.name))
      throw new ConfigError(
        one.line,
        `there are two users "${user.name}": which of them is meant nobody can tell`,
      );
    users.push(user);
  }
  return { users, notes: fields.end(OF_AUTHORIZATION, 'authorization.') };
}

function readUser(fields: ConfigFields, usual: Permissions): DoorUser {
  const { line } = fields.map;
  const key = fields.text('nkey');
  const name = fields.text('user', 'username');
  const password = fields.text('password', 'pass');
  const permissions = fields.fields('permissions', 'permission', 'authorization');
  const rate = fields.fields('rate');
  const inboxPrefix = fields.text('inbox_prefix');
  const made = permissions ? readPermissions(permissions) : usual;
  const proof = proofOf(fields, key, password);
  if (key === undefined && name === undefined) throw new ConfigError(line, 'a user has a name or an nkey');
  if (inboxPrefix !== undefined) checkPattern(inboxPrefix, line);
  fields.end(OF_USERS, 'user.');
  return {
    ...userOf(name ?? key ?? '', proof, inboxPrefix === undefined ? made : { ...made, inboxPrefix }),
    rate: rate ? readRate(rate) : NO_RATE,
  };
}

function proofOf(fields: ConfigFields, key: string | undefined, password: string | undefined): Proof {
  const { line } = fields.map;
  if (key !== undefined) {
    if (password !== undefined) throw new ConfigError(line, 'a user has a password or an nkey, not both');
    if (!userKeyBytes(key))
      throw new ConfigError(line, `"${key}" is no public key of a user ("U..." and 55 letters)`);
    return { type: 'nkey', key };
  }
  if (password === undefined) throw new ConfigError(line, 'a user has a password or an nkey');
  return { type: 'password', password: plain(password, fields) };
}

function plain(secret: string, { map }: ConfigFields): string {
  if (!/^\$2[abxy]\$/.test(secret)) return secret;
  throw new ConfigError(
    map.line,
    'passwords hashed by bcrypt are not offered: use an nkey, whose public half may be read',
  );
}

function readRate(fields: ConfigFields): Rate {
  const rate = {
    messagesPerSecond: fields.count(1, MAX_RATE, 'messages', 'msgs'),
    bytesPerSecond: fields.count(1, MAX_RATE, 'bytes'),
  };
  fields.end(NOTHING, 'rate.');
  return rate;
}

function readPermissions(fields: ConfigFields): Permissions {
  const publish = fields.value('publish', 'pub', 'import');
  const subscribe = fields.value('subscribe', 'sub', 'export');
  const responses = readResponses(fields.value('allow_responses', 'allow_response'));
  fields.end(NOTHING, 'permissions.');
  const rules = publish ? readRules(publish) : ALL_PERMITTED.publish;
  return {
    // Who may only answer may not publish else, as in nats-server.
    publish: responses && rules.allow === undefined ? { ...rules, allow: [] } : rules,
    subscribe: subscribe ? readRules(subscribe) : ALL_PERMITTED.subscribe,
    responses,
    inboxPrefix: undefined,
  };
}

function readResponses(value: ConfigValue | undefined): Permissions['responses'] {
  if (!value) return undefined;
  if (value.kind === 'boolean') return value.isTrue ? RESPONSES : undefined;
  const fields = fieldsOf(value, 'allow_responses');
  const max = fields.count(1, MAX_RESPONSES, 'max') ?? RESPONSES.max;
  const ttlMs = fields.duration('expires', 'ttl') ?? RESPONSES.ttlMs;
  fields.end(NOTHING, 'allow_responses.');
  return { max, ttlMs };
}

/** A subject, a list of them, or both lists by name. */
function readRules(value: ConfigValue): SubjectRules {
  if (value.kind !== 'map') return { allow: readPatterns(value), deny: [] };
  const fields = new ConfigFields(value);
  const allow = fields.value('allow');
  const deny = fields.value('deny');
  fields.end(NOTHING, 'permissions.');
  return { allow: allow && readPatterns(allow), deny: deny ? readPatterns(deny) : [] };
}

function readPatterns(value: ConfigValue): readonly string[] {
  const items = value.kind === 'array' ? value.items : [value];
  return items.map((item) => {
    const text = textOf(item, 'a subject');
    const [subject = '', ...group] = text.split(/\s+/);
    checkPattern(subject, item.line);
    if (group.length > 1)
      throw new ConfigError(item.line, `"${text}" has more than a subject and a queue group`);
    return text;
  });
}

function checkPattern(text: string, line: number): void {
  const problem = patternProblem(text);
  if (problem !== undefined) throw new ConfigError(line, `"${text}" is no subject: ${problem}`);
}

function userOf(name: string, proof: Proof, permissions: Permissions): DoorUser {
  return { name, proof, permissions, rate: NO_RATE };
}
