/** A Node's colour with its tag in it: the same sign in the list, on Tiles, in the share bar and in the graph. */
import type { NodeId } from '../../wire/index.ts';
import { nodeTag } from '../state/node-colours.ts';
import { useApp } from './app-context.ts';

export function NodeChip({ id }: { readonly id: NodeId }) {
  return (
    <span class="chip" style={nodeStyle(useApp().colours.of(id))} title={`Node ${id}`}>
      {nodeTag(id)}
    </span>
  );
}

/** The custom properties that give an element a Node's colour. */
export function nodeStyle(colour: { readonly fill: string; readonly ink: string }): Record<string, string> {
  return { '--node': colour.fill, '--node-ink': colour.ink };
}
