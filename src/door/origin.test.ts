import { expect, it } from 'vitest';
import { pageOrigin } from './origin.ts';

it.each([
  ['https://app.example', 'https://app.example'],
  ['HTTPS://App.Example:443/', 'https://app.example'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['capacitor://Local', 'capacitor://local'],
  ['*', '*'],
  ['null', 'null'],
])('an origin is what a browser says of its page: %s', (text, origin) => {
  expect(pageOrigin(text)).toBe(origin);
});

it.each([
  '',
  'app.example',
  'app.example:80',
  'https://',
  'https://a/b',
  'https://a?b',
  'https://u@a',
  'https://*.a b',
])('is none: %s', (text) => {
  expect(pageOrigin(text)).toBeUndefined();
});
