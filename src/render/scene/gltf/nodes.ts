/**
 * The node tree, before anything is placed: what each node holds, and the order in which the shown scene is walked. A list
 * instead of recursion, and no node may be reached twice, so neither depth nor a cycle can hang or overflow anything.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { Matrix4 } from '../geometry/matrix.ts';

export interface Node {
  readonly def: JsonObject;
  readonly children: readonly number[];
  /** Where the node has one, it stands instead of the three that follow. */
  readonly matrix: Matrix4 | undefined;
  readonly translation: readonly number[];
  /** A quaternion: x, y, z, w. */
  readonly rotation: readonly number[];
  readonly scale: readonly number[];
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

/** Shown is the default scene, else the first scene, else all nodes without a parent. @throws SceneError `json-damaged` */
export function readNodes(json: CheckedJson, root: JsonObject): NodeTree {
  const { nodes: rawNodes } = root;
  const values = json.list(rawNodes, 'nodes');
  const nodes = values.map((value, i) => readNode(json, value, `nodes[${i}]`, values.length));
  const inner = new Set(nodes.flatMap(({ children }) => children));
  const tops = nodes.flatMap((_, i) => (inner.has(i) ? [] : [i]));
  const reached = new Set<number>();
  const shown = walk(nodes, rootNodes(json, root, nodes.length) ?? tops, reached, (index) => {
    throw json.fail(`nodes[${index}]`, 'is reached twice; nodes must form a tree');
  });
  const hidden = walk(
    nodes,
    tops.filter((index) => !reached.has(index)),
    reached,
    () => {},
  );
  return { nodes, shown, hidden };
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

function rootNodes(json: CheckedJson, root: JsonObject, nodeCount: number): number[] | undefined {
  const { scenes: rawScenes, scene: rawScene } = root;
  const scenes = json.list(rawScenes, 'scenes');
  if (scenes.length === 0) return undefined;
  const chosen = json.optionalIndex(rawScene, scenes.length, 'scene') ?? 0;
  const { nodes: rawRoots } = json.object(scenes[chosen], `scenes[${chosen}]`);
  const part = `scenes[${chosen}].nodes`;
  return json.list(rawRoots, part).map((entry, i) => json.index(entry, nodeCount, `${part}[${i}]`));
}

function readNode(json: CheckedJson, value: unknown, part: string, nodeCount: number): Node {
  const def = json.object(value, part);
  const { children, matrix, translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1] } = def;
  return {
    def,
    matrix: matrix === undefined ? undefined : json.numbers(matrix, 16, `${part}.matrix`),
    translation: json.numbers(translation, 3, `${part}.translation`),
    rotation: json.numbers(rotation, 4, `${part}.rotation`),
    scale: json.numbers(scale, 3, `${part}.scale`),
    children: json
      .list(children, `${part}.children`)
      .map((entry, i) => json.index(entry, nodeCount, `${part}.children[${i}]`)),
  };
}
