/** Machines on one switch, as Linux network namespaces: for what befalls a network, which no flag of a browser does. Needs root. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { chromiumLaunchOptions } from './chromium.ts';
import type { Place } from './node-process.ts';

const PREFIX = `lc${process.pid % 10_000}`;
const HUB = `${PREFIX}hub`;
const BRIDGE = 'bridge';
/** Where machines are plugged in that are cut off from the others. */
const OTHER_BRIDGE = 'otherbridge';
/** TEST-NET-2 (RFC 5737): nobody's. */
const addressOf = (host: number): string => `198.51.100.${host}`;

/** Why namespaces cannot be had here; undefined when they can. */
export function whyNoNamespaces(): string | undefined {
  try {
    execFileSync('ip', ['netns', 'add', `${PREFIX}try`], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'del', `${PREFIX}try`], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `network namespaces are not permitted here: ${String(error).split('\n')[0]}`;
  }
}

/**
 * The switch is in a namespace of its own, and servers run there: were a link or an address made where the tests run, every browser of
 * theirs would break off what it loads (ERR_NETWORK_CHANGED).
 */
export class Switch {
  readonly place: Place = { host: addressOf(1), enter: inside(HUB) };
  readonly #machines: Machine[] = [];

  constructor() {
    addNamespace(HUB);
    ip('-n', HUB, 'link', 'add', BRIDGE, 'type', 'bridge');
    turnOn(HUB, BRIDGE, addressOf(1));
    ip('-n', HUB, 'link', 'add', OTHER_BRIDGE, 'type', 'bridge');
    turnOn(HUB, OTHER_BRIDGE);
  }

  machine(): Machine {
    const machine = new Machine(this.#machines.length);
    this.#machines.push(machine);
    return machine;
  }

  /** From now on these machines reach each other and nobody else; their cables and addresses stay as they are. */
  cut(machines: readonly Machine[]): void {
    for (const machine of machines) machine.plugInto(OTHER_BRIDGE);
  }

  mend(): void {
    for (const machine of this.#machines) machine.plugInto(BRIDGE);
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) await machine.close();
    ip('netns', 'del', HUB);
  }
}

export class Machine {
  readonly #name: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'leafcutter-'));
  readonly #index: number;
  #cables = 0;
  #browser: Browser | undefined;

  constructor(index: number) {
    this.#index = index;
    this.#name = `${PREFIX}m${index}`;
    addNamespace(this.#name);
    this.plug();
  }

  /** A cable to the switch, with an address that this machine has not had before. */
  plug(): void {
    const cable = ++this.#cables;
    const inner = `cable${cable}`;
    ip('-n', HUB, 'link', 'add', this.#socket, 'type', 'veth', 'peer', 'name', inner, 'netns', this.#name);
    this.plugInto(BRIDGE);
    turnOn(HUB, this.#socket);
    turnOn(this.#name, inner, addressOf(10 + 20 * this.#index + cable));
    ip('-n', this.#name, 'route', 'add', 'default', 'via', addressOf(1));
  }

  unplug(): void {
    ip('-n', HUB, 'link', 'del', this.#socket);
  }

  plugInto(bridge: string): void {
    ip('-n', HUB, 'link', 'set', this.#socket, 'master', bridge);
  }

  async browser(): Promise<Browser> {
    const { executablePath = chromium.executablePath(), args } = chromiumLaunchOptions;
    const starter = join(this.#folder, 'chromium');
    writeFileSync(starter, `#!/bin/sh\nexec ${inside(this.#name).join(' ')} '${executablePath}' "$@"\n`);
    chmodSync(starter, 0o755);
    // Without names of mDNS: what answers for them is not on these machines.
    const features = '--disable-features=WebRtcHideLocalIpsWithMdns';
    this.#browser = await chromium.launch({ executablePath: starter, args: [...args, features] });
    return this.#browser;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.unplug(); // at once; with its namespace it would go later
    ip('netns', 'del', this.#name);
    rmSync(this.#folder, { recursive: true });
  }

  /** Its end of the cable at the switch. */
  get #socket(): string {
    return `socket${this.#index}`;
  }
}

function inside(namespace: string): readonly string[] {
  return ['ip', 'netns', 'exec', namespace];
}

function addNamespace(name: string): void {
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
}

function turnOn(namespace: string, link: string, address?: string): void {
  // An address of IPv6 would come a second later; browsers break off what they load when it does.
  ip('-n', namespace, 'link', 'set', link, 'addrgenmode', 'none');
  if (address !== undefined) ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', link);
  ip('-n', namespace, 'link', 'set', link, 'up');
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
