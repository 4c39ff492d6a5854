// docs/threat-model.md names a test for each "may not": each is there, under that name, in the file that it says.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const text = readFileSync('docs/threat-model.md', 'utf8');

const sectionOf = (title) => {
  const section = text.split(/^## /m).find((each) => each.startsWith(title));
  if (section === undefined) throw new Error(`there is no section "${title}"`);
  return section;
};

/** The last cells of the rows below the head. */
const lastCells = (section) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').at(-2))
    .filter((cell) => cell.trim() !== 'test' && !/^[- ]+$/.test(cell));

/** The names that a cell quotes, each with the file that stands behind it, if one does. */
function namesOf(cell) {
  const names = [];
  let waiting = [];
  for (const [, name, code] of cell.matchAll(/"([^"]+)"|`([^`]+)`/g)) {
    if (name !== undefined) waiting.push(name);
    else if (code.endsWith('.ts')) {
      names.push(...waiting.map((each) => ({ name: each, file: code })));
      waiting = [];
    }
  }
  return [...names, ...waiting.map((name) => ({ name, file: undefined }))];
}

const textOf = (file) => readFileSync(file, 'utf8').replaceAll("\\'", "'");
const SERVER_TESTS = ['rendezvous', 'hostile', 'status'].map((name) => `signaling/${name}.test.ts`);

it('every "may not" of members, rooms, doors and scenes has a test of that name in that file', () => {
  const cells = lastCells(sectionOf('Which test shows it'));
  expect(cells.length).toBeGreaterThan(20);
  for (const cell of cells) {
    const names = namesOf(cell);
    expect(names, cell).not.toEqual([]);
    for (const { name, file } of names) {
      expect(file, name).toBeDefined();
      expect(textOf(file), file).toContain(name);
    }
  }
});

it('every "may not" of the server has a test of that name', () => {
  const tests = SERVER_TESTS.map(textOf).join('\n');
  const cells = lastCells(sectionOf('What the signaling server defends'));
  expect(cells.length).toBeGreaterThan(6);
  for (const cell of cells) {
    const names = namesOf(cell).filter(({ file }) => file === undefined);
    expect(names.length + (cell.includes('.test.ts') ? 1 : 0), cell).toBeGreaterThan(0);
    for (const { name } of names) expect(tests).toContain(name);
  }
});
