import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { impuritiesOf, protocolFiles } from './check-purity.mjs';

const found = (text) => impuritiesOf('protocol.ts', text).map(({ line, what }) => `${line} ${what}`);

describe('the purity check', () => {
  it.each([
    ['Date.now()', 'Date'],
    ['new Date()', 'Date'],
    ['performance.now()', 'performance'],
    ['setTimeout(() => 0, 1)', 'setTimeout'],
    ['setInterval(() => 0, 1)', 'setInterval'],
    ['requestAnimationFrame(() => 0)', 'requestAnimationFrame'],
    ['setImmediate(() => 0)', 'setImmediate'],
    ['queueMicrotask(() => 0)', 'queueMicrotask'],
    ['Promise.resolve()', 'Promise'],
    ['new Promise(() => 0)', 'Promise'],
    ['Math.random()', 'Math.random'],
    ["Math['random']()", 'Math.random'],
    ['const { random } = Math', 'Math.random'],
    ['crypto.getRandomValues(bytes)', 'crypto'],
    ['globalThis.setTimeout(f)', 'globalThis'],
    ["console.log('x')", 'console'],
    ['process.nextTick(f)', 'process'],
    ['({ now: Date })', 'Date'],
    ["import('./other.ts')", 'import()'],
  ])('sees %s', (text, what) => {
    expect(found(`\n${text};`)).toEqual([`2 ${what}`]);
  });

  it('sees async, await and for await', () => {
    expect(found('async function f() { await g(); for await (const x of y) h(x); }')).toEqual([
      '1 async',
      '1 await',
      '1 await',
    ]);
    expect(found('class C { async m() {} }\nconst f = async () => 0;')).toEqual(['1 async', '2 async']);
  });

  it("sees what drivers import from the runtime, and Node's own modules", () => {
    expect(found("import { log, type Clock, seededRandom } from '../../runtime/index.ts';")).toEqual([
      '1 log',
    ]);
    expect(found("import { systemClock as clock } from '../runtime/clock.ts';")).toEqual(['1 systemClock']);
    expect(found("import { randomBytes } from 'node:crypto';")).toEqual(['1 node:crypto']);
  });

  it('says where and what to do instead', () => {
    expect(impuritiesOf('a.ts', 'const x = 1;\nconst t = Date.now();')).toEqual([
      { line: 2, what: 'Date', todo: expect.stringContaining('`now`') },
    ]);
  });

  it('leaves types, properties, comments and names of its own alone', () => {
    const text = [
      "import type { log } from '../../runtime/index.ts';",
      'interface Stream { send(): Promise<void>; setTimeout: number; }',
      'type When = Date;',
      'function f(self: string, process: () => void): Promise<void> | undefined {',
      '  // Date.now() and setTimeout',
      "  const effect = { type: 'log', console: self, performance: 1 };",
      '  process();',
      '  return effect.performance > Math.sqrt(2) ? undefined : undefined;',
      '}',
    ].join('\n');
    expect(found(text)).toEqual([]);
  });

  it('looks at every protocol file, not at the driver and not at tests', () => {
    const files = protocolFiles(`${import.meta.dirname}/..`);
    expect(files).toContain('src/mesh/neighbours/neighbours.ts');
    expect(files).toContain('src/wire/frame.ts');
    expect(files.filter((file) => /\/node\/|\.test\.|\.testing\./.test(file))).toEqual([]);
  });

  it('fails with file and line as a command', () => {
    const args = ['scripts/check-purity.mjs', 'src/runtime/clock.ts'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/src\/runtime\/clock\.ts:\d+ {2}`performance`/);
  });
});
