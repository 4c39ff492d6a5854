/**
 * In tests and benches Vite turns each use of an import into a look-up on an object of getters, because a module may change what it
 * exports. With this it is looked up once, as in what is shipped: a module that has been imported is complete (imports have no cycles,
 * .dependency-cruiser.cjs) and exports nothing that changes. Simulations call other modules millions of times.
 */
import type { Plugin } from 'vite';

interface Import {
  readonly type: 'ImportDeclaration';
  readonly end: number;
  readonly source: { readonly value: string };
  readonly specifiers: readonly {
    readonly type: string;
    readonly start: number;
    readonly local: { readonly name: string; readonly start: number; readonly end: number };
    readonly imported?: { readonly start: number };
  }[];
}

export function boundImports(): Plugin {
  return {
    name: 'leafcutter-bound-imports',
    // What is JavaScript by now.
    enforce: 'post',
    transform: {
      filter: { id: { exclude: /\/node_modules\// }, code: /\bimport\b/ },
      handler(code) {
        const { body } = this.parse(code);
        const imports = body.filter(({ type }) => type === 'ImportDeclaration');
        return { code: bound(code, imports as readonly Import[]), map: null };
      },
    },
  };
}

/** Lines stay what they are: so do the places in errors. @param imports those of `code`, in its order */
function bound(code: string, imports: readonly Import[]): string {
  let result = '';
  let at = 0;
  const upTo = (end: number, then: string): void => {
    result += code.slice(at, end) + then;
    at = end;
  };
  for (const { end, source, specifiers } of imports) {
    if (source.value === 'vitest') continue; // its own plugins look for it
    const named = specifiers.filter(({ type }) => type !== 'ImportNamespaceSpecifier');
    for (const { local, imported } of named) {
      const isShort = imported?.start === local.start;
      upTo(isShort ? local.end : local.start, isShort ? ' as ' : '');
      result += `imported_${local.name}`;
      at = local.end;
    }
    const constants = named.map(({ local: { name } }) => `${name} = imported_${name}`);
    if (constants.length > 0) upTo(end, `; const ${constants.join(', ')};`);
  }
  return result + code.slice(at);
}
