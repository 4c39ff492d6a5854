/** CONNECT's JSON, with the defaults that nats-server gives a client that says nothing: verbose and pedantic, as for a person at telnet. */

export interface ConnectFields {
  readonly verbose: boolean;
  readonly pedantic: boolean;
  readonly echo: boolean;
  readonly headers: boolean;
  readonly noResponders: boolean;
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  /** 1: INFO may come at any time. */
  readonly protocol: number;
  readonly user: string;
  readonly pass: string;
  readonly authToken: string;
  readonly nkey: string;
  readonly sig: string;
}

export const UNSAID: ConnectFields = {
  verbose: true,
  pedantic: true,
  echo: true,
  headers: false,
  noResponders: false,
  name: '',
  lang: '',
  version: '',
  protocol: 0,
  user: '',
  pass: '',
  authToken: '',
  nkey: '',
  sig: '',
};

/** As NATS writes them. */
const NAMES: { readonly [Field in keyof ConnectFields]: string } = {
  verbose: 'verbose',
  pedantic: 'pedantic',
  echo: 'echo',
  headers: 'headers',
  noResponders: 'no_responders',
  name: 'name',
  lang: 'lang',
  version: 'version',
  protocol: 'protocol',
  user: 'user',
  pass: 'pass',
  authToken: 'auth_token',
  nkey: 'nkey',
  sig: 'sig',
};

/** What was said before holds where this says nothing. Undefined: no JSON object, or a field of another type. */
export function readConnect(json: string, before: ConnectFields): ConnectFields | undefined {
  const said = parsed(json);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined;
  const given = new Map(Object.entries(said));
  const fields: Record<string, unknown> = { ...before };
  for (const [field, name] of Object.entries(NAMES)) {
    const value = given.get(name);
    if (value === undefined || value === null) continue;
    if (typeof value !== typeof fields[field]) return undefined;
    fields[field] = value;
  }
  return fields as unknown as ConnectFields;
}

/** Why one who may come in is not understood, in nats-server's words. */
export function connectProblem({ protocol, headers, noResponders }: ConnectFields): string | undefined {
  if (protocol !== 0 && protocol !== 1) return 'invalid client protocol';
  return noResponders && !headers ? 'no responders requires headers support' : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
