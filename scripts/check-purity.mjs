// npm run check:purity [-- FILE...]
//
// Protocols are pure state machines (docs/architecture.md): the simulator and the browser run the same code, and one seed
// replays one run. So no file of the FOLDERS, but for their drivers, may read a clock, draw randomness of its own, set a timer, wait, or log. Import rules cannot see that; this reads the syntax tree. Types are not looked at: a
// contract may say `Promise`, a protocol may not make one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const FOLDERS = ['src/mesh', 'src/wire', 'src/farm', 'src/services/pubsub', 'src/services/rooms', 'src/door'];
/** Drivers and test support may do what they like. */
const EXEMPT = new RegExp(
  [
    /^src\/mesh\/node\//,
    /^src\/farm\/(driver\/|farm\.ts$|local\.ts$)/,
    /^src\/services\/pubsub\/(driver|client)\//,
    /^src\/services\/rooms\/driver\//,
    /^src\/door\/(sockets\/|tab\/|alone\.ts$)/,
    /\.test\.tsx?$/,
    /\.testing\.ts$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

const CLOCK = 'reads a clock: take `now` from `handle`';
const TIMER = 'sets a timer: say when with `nextWakeAt`';
const RANDOM = 'draws randomness of its own: take the `Random` it is given';
const LATER = 'does something later: answer with effects, and ask for `wake`';
const LOG = 'logs: answer with a `log` effect';
const WORLD = 'touches the browser: leave that to the driver';

/** Names that mean something only in the outer world. */
const GLOBALS = new Map([
  ...['Date', 'performance'].map((name) => [name, CLOCK]),
  ...['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'requestAnimationFrame'].map((name) => [
    name,
    TIMER,
  ]),
  ...['requestIdleCallback', 'setImmediate', 'queueMicrotask', 'Promise', 'process'].map((name) => [
    name,
    LATER,
  ]),
  ...['crypto'].map((name) => [name, RANDOM]),
  ...['console'].map((name) => [name, LOG]),
  ...[
    'window',
    'document',
    'navigator',
    'globalThis',
    'self',
    'fetch',
    'WebSocket',
    'RTCPeerConnection',
    'Worker',
    'localStorage',
    'indexedDB',
  ].map((name) => [name, WORLD]),
]);

/** What src/runtime has for drivers. */
const DRIVERS_ONLY = new Map([
  ['Alarm', TIMER],
  ['systemClock', CLOCK],
  ['systemTimers', TIMER],
  ['systemRandom', RANDOM],
  ['log', LOG],
  ['reportError', LOG],
  ['setLogSink', LOG],
  ['sha256', LATER],
]);

/** @returns {{ line: number, what: string, todo: string }[]} what is impure in this source, in order */
export function impuritiesOf(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const declared = namesDeclaredIn(source);
  const found = [];
  const report = (node, what, todo) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ line: line + 1, what, todo });
  };
  const visit = (node) => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node)) return visitImport(node, report);
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) {
      report(node, 'await', LATER);
    } else if (node.kind === ts.SyntaxKind.AsyncKeyword) {
      report(node, 'async', LATER);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      report(node, 'import()', LATER);
    } else if (ts.isIdentifier(node) && node.text === 'Math' && isUse(node) && !isOtherMath(node.parent)) {
      report(node, 'Math.random', RANDOM);
    } else if (ts.isIdentifier(node) && isUse(node) && !declared.has(node.text)) {
      const todo = GLOBALS.get(node.text);
      if (todo) report(node, node.text, todo);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `Math.sqrt` and the like; the whole of `Math` may be anything. */
function isOtherMath(parent) {
  return ts.isPropertyAccessExpression(parent) && parent.name.text !== 'random';
}

function visitImport(node, report) {
  if (node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
  const from = node.moduleSpecifier.text;
  if (from.startsWith('node:')) report(node, from, WORLD);
  const named = node.importClause?.namedBindings;
  if (!named || !ts.isNamedImports(named)) return;
  for (const element of named.elements) {
    const name = (element.propertyName ?? element.name).text;
    const todo = element.isTypeOnly ? undefined : DRIVERS_ONLY.get(name);
    if (todo && /(^|\/)runtime(\/|$)/.test(from)) report(element, name, todo);
  }
}

/** Names that the file gives to something of its own: a parameter called `self` is not the browser's. */
function namesDeclaredIn(source) {
  const names = new Set();
  const add = (name) => {
    if (!name) return;
    if (ts.isIdentifier(name)) names.add(name.text);
    else if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)) {
      for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
    }
  };
  const visit = (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration) add(node.name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Whether this identifier refers to a variable: no property, key, label or name in a declaration. */
function isUse(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isQualifiedName(parent) || ts.isBindingElement(parent)) return parent.initializer === node;
  const isMember =
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isGetAccessorDeclaration(parent) ||
    ts.isSetAccessorDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isExportSpecifier(parent);
  return !(isMember && parent.name === node);
}

/** Paths of the protocol files below the project's folder. */
export function protocolFiles(projectFolder) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true })
      .map((path) => `${folder}/${String(path).replaceAll('\\', '/')}`)
      .filter((path) => /\.tsx?$/.test(path) && !EXEMPT.test(path)),
  ).sort();
}

function main() {
  const projectFolder = fileURLToPath(new URL('..', import.meta.url));
  const files = process.argv.length > 2 ? process.argv.slice(2) : protocolFiles(projectFolder);
  let count = 0;
  for (const file of files) {
    for (const { line, what, todo } of impuritiesOf(file, readFileSync(join(projectFolder, file), 'utf8'))) {
      console.error(`${file}:${line}  \`${what}\` in a protocol ${todo}`);
      count++;
    }
  }
  if (count === 0) return;
  console.error(
    `\n${count} impure in protocol files. What decides must be pure; what acts belongs in src/mesh/node.`,
  );
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
