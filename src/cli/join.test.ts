import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { fetchCommandLine } from './fetch.ts';
import type { PictureOptions } from './fetch-picture.ts';
import { joinCommandLine } from './join.ts';
import type { WorkerOptions } from './worker.ts';

function parsed<Options extends object>(command: Command, ...args: string[]): Options {
  return command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .action(() => undefined)
    .parse(args, { from: 'user' })
    .opts<Options>();
}

describe('the options of leafcutter join', () => {
  const join = (...args: string[]) => parsed<WorkerOptions>(joinCommandLine(), 'an-invite', ...args);

  it('are a worker per core, and what suits the place, where nothing is said', () => {
    expect(join()).toMatchObject({ json: false, timeout: 10 });
    expect(join().workers).toBeUndefined();
    expect(join().logLevel).toBeUndefined();
  });

  it('take a folder for the disk, or none', () => {
    expect(join().disk).toBeUndefined();
    expect(join('--disk', '/srv/kept').disk).toBe('/srv/kept');
    expect(join('--no-disk').disk).toBe(false);
  });

  it('take --as and --name, --log and --log-level for the same', () => {
    expect(join('--name', 'attic', '--log', 'debug')).toMatchObject({ name: 'attic', logLevel: 'debug' });
    expect(join('--as', 'attic', '--log-level', 'error')).toMatchObject({ name: 'attic', logLevel: 'error' });
  });

  it('take a worker at least, but never more than a Node can have', () => {
    expect(join('--workers', '1').workers).toBe(1);
    expect(join('--workers', '256').workers).toBe(256);
    for (const bad of ['0', '-1', '257', '1.5', 'many', '']) {
      expect(() => join(`--workers=${bad}`), bad).toThrow('from 1 to 256');
    }
    expect(() => join('--log', 'loud')).toThrow('debug, info, warn, error');
  });
});

describe('the options of leafcutter fetch', () => {
  const fetch = (...args: string[]) => parsed<PictureOptions>(fetchCommandLine(), ...args);

  it('need an invite, a job and a file', () => {
    expect(fetch('an-invite', 'aaaa', '-o', 'a.png')).toMatchObject({ out: 'a.png', exposure: 'auto' });
    expect(() => fetch('an-invite', 'aaaa')).toThrow('--out');
    expect(() => fetch('an-invite', '-o', 'a.png')).toThrow('job');
  });
});
