/** What is loaded before the built command knows what it is to do: `npm run build` comes first. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The files that `file` imports, itself among them, but for those that it imports when it needs them. */
function importedBy(file: URL, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file.href)) return found;
  found.add(file.href);
  const imports = /^(?:import|export)\b(?:[^'"();]*?\bfrom)?\s*["'](\.[^"']+)["']/gm;
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(imports))
    importedBy(new URL(path, file), found);
  return found;
}

it('has neither the farm, nor rooms, nor a broker, which most commands do without', () => {
  const files = importedBy(new URL('../../dist/node/cli.js', import.meta.url));
  const sources = [...files].flatMap((file) => {
    const map = JSON.parse(readFileSync(new URL(`${file}.map`), 'utf8')) as { readonly sources: string[] };
    return map.sources;
  });
  expect(sources).toContainEqual(expect.stringMatching(/src\/cli\/mesh-command\.ts$/));
  expect(
    sources.filter((path) => /\/(farm\/farm|rooms\/chain|pubsub\/broker-state)\.ts$/.test(path)),
  ).toEqual([]);
});
