import { Command } from 'commander';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../signaling/limits.ts';
import { addUseOptions, limitsOf, type UseOptions } from './serve-options.ts';

const command = (): Command =>
  addUseOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
const parse = (...args: string[]): UseOptions => command().parse(args, { from: 'user' }).opts();

it('lets in its own page only, trusts no proxy and logs warnings, unless told otherwise', () => {
  const options = parse();
  expect(options).toEqual({ origin: [], logLevel: 'warn' });
  expect(limitsOf(options)).toEqual({});
});

it('reads origins, limits and a level', () => {
  const options = parse(
    '--origin',
    'https://a.example',
    '--origin',
    'http://b.example:81',
    '--trust-proxy',
    '--max-sockets',
    '50',
    '--max-sockets-per-address',
    '5',
    '--log-level',
    'info',
  );
  expect(options).toMatchObject({
    origin: ['https://a.example', 'http://b.example:81'],
    trustProxy: true,
    logLevel: 'info',
  });
  expect(parse('--origin', '*').origin).toEqual(['*']);
  expect(limitsOf(options)).toEqual({ maxSockets: 50, maxSocketsPerAddress: 5 });
});

it('says what is wrong with the others', () => {
  for (const origin of ['a.example', 'https://a.example/', 'ftp://a.example', '']) {
    expect(() => parse('--origin', origin)).toThrow(/like https:\/\/example.org/);
  }
  for (const count of ['0', '-1', 'x', '99999999']) {
    expect(() => parse('--max-sockets', count)).toThrow(/from 1 up/);
  }
  expect(() => parse('--log-level', 'loud')).toThrow(/Allowed choices/);
});

it('names the limits that the server has without', () => {
  const help = command().helpInformation().replaceAll(/\s+/g, ' ');
  for (const limit of Object.values(DEFAULT_LIMITS)) expect(help).toContain(`${limit} without`);
});
