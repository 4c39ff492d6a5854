/**
 * The node tree, before anything is placed: what each node holds, and the order in which the shown scene is walked. A list
 * instead of recursion, and no node is reached twice, so neither depth nor a cycle can hang or overflow anything.
 */
import { type CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import { IDENTITY, type Matrix4 } from '../geometry/matrix.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';

const VISIBILITY = 'KHR_node_visibility';

export interface Node {
  readonly def: JsonObject;
  readonly children: readonly number[];
  /** Where the node has one, it stands instead of the three that follow. */
  readonly matrix: Matrix4 | undefined;
  readonly translation: readonly number[];
  /** A quaternion: x, y, z, w. */
  readonly rotation: readonly number[];
  readonly scale: readonly number[];
  /** Neither it nor what hangs below it is seen. */
  readonly isHidden: boolean;
}

/** A node after its parent; -1: without a parent. */
export interface Visit {
  readonly index: number;
  readonly parent: number;
}

export interface NodeTree {
  readonly nodes: readonly Node[];
  /** The shown nodes, depth first in the file's order, which the triangles' order follows. */
  readonly shown: readonly Visit[];
  /** The others: joints may be among them. */
  readonly hidden: readonly Visit[];
}

/**
 * @param scene which of the file's scenes is shown; undefined: the default scene, else the first, else all nodes without a
 * parent
 */
export function readNodes(
  json: CheckedJson,
  root: JsonObject,
  scene: number | undefined,
  warnings: Warnings,
): NodeTree {
  const { nodes: rawNodes } = root;
  const values = warnings.salvage(() => json.list(rawNodes, 'nodes'), []);
  const nodes = values.map((value, i) => readNode(json, value, `nodes[${i}]`, values.length, warnings));
  const inner = new Set(nodes.flatMap(({ children }) => children));
  const tops = nodes.flatMap((_, i) => (inner.has(i) ? [] : [i]));
  const reached = new Set<number>();
  const roots = rootNodes(json, root, nodes.length, scene, warnings) ?? tops;
  const order = walk(nodes, roots, reached, (index) => {
    const twice = json.fail(`nodes[${index}]`, 'is reached twice; nodes must form a tree');
    warnings.excuse(twice, 'it is drawn where it was reached first');
  });
  const others = walk(
    nodes,
    tops.filter((index) => !reached.has(index)),
    reached,
    () => {},
  );
  const unseen = new Set<number>();
  for (const { index, parent } of order) {
    if (unseen.has(parent) || nodes[index]?.isHidden) unseen.add(index);
  }
  const isShown = ({ index }: Visit): boolean => !unseen.has(index);
  return {
    nodes,
    shown: order.filter(isShown),
    // A child of an unseen node is unseen, and a parent always comes before it.
    hidden: [...order.filter((visit) => !isShown(visit)), ...others],
  };
}

function walk(
  nodes: readonly Node[],
  roots: readonly number[],
  reached: Set<number>,
  onReachedTwice: (index: number) => void,
): Visit[] {
  const order: Visit[] = [];
  // A stack, so the next node is the last.
  const waiting = roots.toReversed().map((index) => ({ index, parent: -1 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (reached.has(next.index)) {
      onReachedTwice(next.index);
      continue;
    }
    reached.add(next.index);
    order.push(next);
    for (const index of (nodes[next.index]?.children ?? []).toReversed()) {
      waiting.push({ index, parent: next.index });
    }
  }
  return order;
}

/** The scenes' names in the file's order. */
export function sceneNames(json: CheckedJson, root: JsonObject): readonly string[] {
  const { scenes } = root;
  if (!Array.isArray(scenes)) return [];
  return scenes.map((value: unknown, i) => {
    const { name } = typeof value === 'object' && value !== null ? (value as JsonObject) : {};
    return json.name(name, `Scene ${i + 1}`);
  });
}

function rootNodes(
  json: CheckedJson,
  root: JsonObject,
  nodeCount: number,
  wanted: number | undefined,
  warnings: Warnings,
): number[] | undefined {
  const { scenes: rawScenes, scene: rawScene } = root;
  const scenes = warnings.salvage(() => json.list(rawScenes, 'scenes'), []);
  if (scenes.length === 0) return undefined;
  const chosen =
    wanted ??
    warnings.salvage(() => json.optionalIndex(rawScene, scenes.length, 'scene'), 0, 'the first is shown') ??
    0;
  const part = `scenes[${chosen}].nodes`;
  const { nodes: rawRoots } = warnings.salvage(() => json.object(scenes[chosen], `scenes[${chosen}]`), EMPTY);
  return readNodeList(json, rawRoots, part, nodeCount, warnings);
}

/** Those of a list of node numbers that name a node. */
function readNodeList(
  json: CheckedJson,
  value: unknown,
  part: string,
  nodeCount: number,
  warnings: Warnings,
): number[] {
  const list = warnings.salvage(() => json.list(value, part), []);
  return list.flatMap((entry, i) => {
    const index = warnings.salvage(() => json.index(entry, nodeCount, `${part}[${i}]`), undefined);
    return index === undefined ? [] : [index];
  });
}

function readNode(
  json: CheckedJson,
  value: unknown,
  part: string,
  nodeCount: number,
  warnings: Warnings,
): Node {
  const def = warnings.salvage(() => json.object(value, part), EMPTY);
  const { children, matrix, translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1] } = def;
  const numbers = (field: string, given: unknown, otherwise: readonly number[]): readonly number[] =>
    warnings.salvage(
      () => json.numbers(given, otherwise.length, `${part}.${field}`),
      otherwise,
      'it is taken for none',
    );
  return {
    def,
    matrix: matrix === undefined ? undefined : numbers('matrix', matrix, IDENTITY),
    translation: numbers('translation', translation, [0, 0, 0]),
    rotation: numbers('rotation', rotation, [0, 0, 0, 1]),
    scale: numbers('scale', scale, [1, 1, 1]),
    children: readNodeList(json, children, `${part}.children`, nodeCount, warnings),
    isHidden: warnings.salvage(
      () => {
        const { visible } = extensionOf(json, def, VISIBILITY, part) ?? {};
        return !json.boolean(visible, true, `${part}.extensions.${VISIBILITY}.visible`);
      },
      false,
      'it is shown',
    ),
  };
}
