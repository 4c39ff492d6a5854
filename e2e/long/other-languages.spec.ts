/**
 * NATS' clients for C and Go at a door, and a tab: each asks the other, hears it and is told when nobody is there. Run by
 * `npm run e2e:long -- other-languages`, not by `npm test`: it needs Debian's `libnats-dev`, `golang-go` and `golang-github-nats-io-go-nats-dev`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { startCommand } from '../support/server.ts';
import { inviteLink, people } from '../support/tabs.ts';

const sources = fileURLToPath(new URL('../../examples/other-languages/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'leafcutter-languages-'));

const LANGUAGES = [
  {
    name: 'C',
    needed: '/usr/include/nats/nats.h',
    compile: (program: string) =>
      execFileSync('cc', ['-Wall', '-o', program, join(sources, 'greet.c'), '-lnats']),
    nobody: /^greet\.nobody: No responders/,
  },
  {
    name: 'Go',
    needed: '/usr/share/gocode/src/github.com/nats-io/nats.go',
    compile: (program: string) =>
      execFileSync('go', ['build', '-o', program, join(sources, 'greet.go')], {
        env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' },
      }),
    nobody: /^greet\.nobody: nats: no responders/,
  },
];

const serveGreetings = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const serving = (await window.leafcutter?.pubsub)?.subscribe('greet.tab');
    if (!serving) throw new Error('no console handle');
    void (async () => {
      for await (const m of serving) m.respond(`a tab greets ${m.string()}`);
    })();
    await serving.ready;
  });

for (const { name, needed, compile, nobody } of LANGUAGES) {
  test(`a program in ${name} and a tab ask each other at a door`, async ({ tab }) => {
    test.skip(!existsSync(needed), `${needed} is not installed`);
    const program = join(folder, name);
    compile(program);
    const page = await tab();
    await serveGreetings(page);
    const door = startCommand(['door', 'nats', await inviteLink(page), '--port', '0']);
    let port = '';
    for await (const line of createInterface({ input: door.stdout })) {
      port = /nats:\/\/[\d.]+:(\d+)/.exec(line)?.[1] ?? '';
      if (port) break;
    }
    await expect(people(page)).toHaveCount(2);

    const lines = createInterface({ input: spawn(program, [`nats://127.0.0.1:${port}`]).stdout });
    const said: string[] = [];
    for await (const line of lines) {
      said.push(line);
      process.stdout.write(`${name} | ${line}\n`);
      if (line !== 'ready') continue;
      const answer = await page.evaluate(async (subject) => {
        const nc = await window.leafcutter?.pubsub;
        const answered = await nc?.request(subject, 'a tab', { headers: { Mood: 'in good spirits' } });
        const plain = await nc?.request(subject, 'a tab');
        const taken = await nc?.publish('greet.all', 'good evening', { ack: true });
        await nc?.publish('greet.end', '', { ack: true });
        return [answered?.string(), plain?.string(), taken];
      }, `greet.${name.toLowerCase()}.you`);
      expect(answer).toEqual([
        `${name} greets a tab, in good spirits`,
        `${name} greets a tab, without a header`,
        { subscriptions: 1, nodes: 1 },
      ]);
    }
    expect(said).toEqual([
      `greet.tab: a tab greets ${name}`,
      expect.stringMatching(nobody),
      'ready',
      'greet.all: good evening',
    ]);
    door.kill();
  });
}
