import { expect, it } from 'vitest';
import { basePath, isFolderWithoutSlash, targetBelow } from './base-path.ts';

it('is the same folder however its slashes are written', () => {
  for (const text of ['', '/', '//']) expect(basePath(text)).toBe('/');
  for (const text of ['leaf', '/leaf', 'leaf/', '/leaf/']) expect(basePath(text)).toBe('/leaf/');
  expect(basePath('/tools/leaf-1.2_~')).toBe('/tools/leaf-1.2_~/');
});

it('is refused where an address could not hold it as it is', () => {
  for (const text of ['a b', '/a?b', '/a#b', '/../a', '/a/./b', '/ä/', 'a%2fb', 'http://host/a']) {
    expect(() => basePath(text), text).toThrow(/use --base/);
  }
});

it('is taken off what lies below it, and nothing else is below it', () => {
  expect(targetBelow('/leaf/', '/leaf/')).toBe('/');
  expect(targetBelow('/leaf/', '/leaf/registry?x=1')).toBe('/registry?x=1');
  for (const target of ['/', '/leaf', '/leaflet/', '/registry', '//leaf/']) {
    expect(targetBelow('/leaf/', target), target).toBeUndefined();
  }
  expect(targetBelow('/', '/registry')).toBe('/registry');
});

it('is recognised without its slash, with a query or not', () => {
  expect(isFolderWithoutSlash('/leaf/', '/leaf')).toBe(true);
  expect(isFolderWithoutSlash('/leaf/', '/leaf?x')).toBe(true);
  expect(isFolderWithoutSlash('/leaf/', '/leaf/')).toBe(false);
  expect(isFolderWithoutSlash('/leaf/', '/leaflet')).toBe(false);
  expect(isFolderWithoutSlash('/', '')).toBe(false);
});
