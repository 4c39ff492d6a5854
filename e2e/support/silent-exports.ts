/** What of a package's entries has no words: a user's editor shows nothing of it. */
import ts from 'typescript';

/** @param entries files of declarations @returns names, or entries that are no modules */
export function silentExports(entries: readonly string[]): string[] {
  const program = ts.createProgram(entries, {
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) return [entry];
    return checker
      .getExportsOfModule(module)
      .map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one))
      .filter((one) => one.getDocumentationComment(checker).length + one.getJsDocTags(checker).length === 0)
      .map(({ name }) => name);
  });
}
