import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
