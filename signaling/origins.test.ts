import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { isOriginWelcome } from './origins.ts';

const isWelcome = (
  headers: Record<string, string>,
  { others = [] as string[], isProxyTrusted = false } = {},
): boolean =>
  isOriginWelcome({ headers } as unknown as IncomingMessage, { others: new Set(others), isProxyTrusted });

it('lets in programs, pages of the same host whatever the scheme, and those that were named', () => {
  expect(isWelcome({ host: 'leaf.example' })).toBe(true);
  expect(isWelcome({ host: 'leaf.example', origin: 'https://leaf.example' })).toBe(true);
  expect(isWelcome({ host: 'leaf.example', origin: 'http://leaf.example' })).toBe(true);
  expect(isWelcome({ host: 'leaf.example:443', origin: 'https://leaf.example' })).toBe(true);
  expect(isWelcome({ host: '[::1]:9000', origin: 'http://[::1]:9000' })).toBe(true);
  const foreign = { host: 'a', origin: 'https://b.example' };
  for (const other of ['https://b.example', '*']) expect(isWelcome(foreign, { others: [other] })).toBe(true);
  expect(isWelcome(foreign, { others: ['https://c.example'] })).toBe(false);
});

it('refuses every other page', () => {
  for (const origin of [
    'https://evil.example',
    'https://leaf.example.evil.example',
    'https://leaf.example:8443',
    'null',
    '',
    'leaf.example',
  ]) {
    expect(isWelcome({ host: 'leaf.example', origin })).toBe(false);
  }
  expect(isWelcome({ origin: 'https://leaf.example' })).toBe(false);
});

it('believes X-Forwarded-Host only behind a proxy of ours', () => {
  const headers = { host: 'inside:9000', origin: 'https://leaf.example', 'x-forwarded-host': 'leaf.example' };
  expect(isWelcome(headers)).toBe(false);
  expect(isWelcome(headers, { isProxyTrusted: true })).toBe(true);
});
