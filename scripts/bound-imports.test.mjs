import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { boundImports } from './bound-imports.ts';

const bound = (code) => boundImports().transform.handler.call({ parse: parseAst }, code).code;

describe('imports in tests', () => {
  it('are looked up once: what uses one names a constant', () => {
    const use = () => boundImports;
    expect(String(use)).toBe('() => boundImports');
  });

  it('keep their names, of whatever form, and the code its lines', () => {
    expect(bound(`import a, {\n  b,\n  c as d,\n  'e f' as g,\n} from './some.ts';\na(b, d, g);`)).toBe(
      `import imported_a, {\n  b as imported_b,\n  c as imported_d,\n  'e f' as imported_g,\n} from './some.ts';; const a = imported_a, b = imported_b, d = imported_d, g = imported_g;\na(b, d, g);`,
    );
  });

  it('that bind no name, or a whole module, stay as they are, and so do exports of others and those of vitest', () => {
    const code = `import './some.css';\nimport * as all from './all.ts';\nimport { it } from 'vitest';\nexport { x } from './x.ts';\n`;
    expect(bound(code)).toBe(code);
  });
});
