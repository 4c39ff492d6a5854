/** Machines on one switch, as Linux network namespaces: for what befalls a network, which no flag of a browser does. Needs root. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { chromiumLaunchOptions } from './chromium.ts';

const PREFIX = `lc${process.pid % 10_000}`;
const BRIDGE = `${PREFIX}br`;
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

export class Switch {
  /** Where a server in the outer namespace is reached from the machines. */
  readonly address = addressOf(1);
  readonly #machines: Machine[] = [];

  constructor() {
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('addr', 'add', `${this.address}/24`, 'dev', BRIDGE);
    ip('link', 'set', BRIDGE, 'up');
  }

  machine(): Machine {
    const machine = new Machine(this.#machines.length);
    this.#machines.push(machine);
    return machine;
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) await machine.close();
    ip('link', 'del', BRIDGE);
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
    ip('netns', 'add', this.#name);
    // An address of IPv6 comes a second after the cable; browsers break off what they load when it does.
    this.#inside('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true');
    this.#inside('ip', 'link', 'set', 'lo', 'up');
    this.plug();
  }

  /** A cable to the switch, with an address that this machine has not had before. */
  plug(): void {
    const cable = ++this.#cables;
    const inner = `${PREFIX}i${this.#index}`;
    ip('link', 'add', this.#outer, 'type', 'veth', 'peer', 'name', inner);
    ip('link', 'set', inner, 'netns', this.#name);
    ip('link', 'set', this.#outer, 'master', BRIDGE, 'up');
    this.#inside('ip', 'addr', 'add', `${addressOf(10 + 20 * this.#index + cable)}/24`, 'dev', inner);
    this.#inside('ip', 'link', 'set', inner, 'up');
    this.#inside('ip', 'route', 'add', 'default', 'via', addressOf(1));
  }

  unplug(): void {
    ip('link', 'del', this.#outer);
  }

  async browser(): Promise<Browser> {
    const { executablePath = chromium.executablePath(), args } = chromiumLaunchOptions;
    const starter = join(this.#folder, 'chromium');
    writeFileSync(starter, `#!/bin/sh\nexec ip netns exec ${this.#name} '${executablePath}' "$@"\n`);
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

  get #outer(): string {
    return `${PREFIX}o${this.#index}`;
  }

  #inside(...command: readonly string[]): void {
    ip('netns', 'exec', this.#name, ...command);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
