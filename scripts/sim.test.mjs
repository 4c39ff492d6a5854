import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

it('ends without a stack when nobody reads any more, as `| head` does', async () => {
  const child = spawn(process.execPath, ['scripts/sim.mjs', '--list'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  expect({ said, code }).toEqual({ said: '', code: 129 });
});

it('plays one line of standard input after the other, each as if it were alone', async () => {
  const child = spawn(process.execPath, ['scripts/sim.mjs', '--stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const seed = (number) => `--scenario relay-freeze --seeds ${number} --json\n`;
  child.stdin.end(seed(1) + seed(2) + seed(1));
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const [first, second, again] = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(first).toMatchObject({ scenario: 'relay-freeze', seeds: 1, failures: 0 });
  expect(second.hash).not.toBe(first.hash);
  expect(again.hash).toBe(first.hash);
});
