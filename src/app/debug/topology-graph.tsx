/** The topology as a live graph. Every Node can be chosen with the mouse or the keyboard, and dragged. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { deviceInfoOf } from '../../farm/index.ts';
import type { EdgeSnapshot, Member } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { nodeStyle } from '../components/node-chip.tsx';
import { formatBytes, formatRtt } from '../state/format.ts';
import { type EdgeLight, edgeKey, type LitSubject, lightsOf, litSubject } from '../state/lit-subject.ts';
import { nodeTag } from '../state/node-colours.ts';
import { visible } from '../state/payload-text.ts';
import { edgeWidth } from '../state/traffic.ts';
import { GraphLabel } from './graph-label.tsx';
import { GraphLayout, viewBoxOf } from './graph-layout.ts';
import type { MeshView } from './mesh-watch.ts';

interface Props {
  readonly view: ReadonlySignal<MeshView>;
  readonly selected: NodeId;
  readonly onSelect: (id: NodeId) => void;
}

/** From this many Edges on, their labels would cover the graph: only those of the chosen Node are shown. */
const MANY_EDGES = 8;
const LEGEND = [
  { isTree: true, isBusy: false, text: 'Tree Edge: we push broadcasts' },
  { isTree: false, isBusy: false, text: 'Ours, broadcasts only announced' },
  { isTree: undefined, isBusy: false, text: 'Between others' },
  { isTree: undefined, isBusy: true, text: 'Busy' },
] as const;
/** Gossip alone stays below it. */
const BUSY_BYTES_PER_SECOND = 4096;

export function TopologyGraph({ view, selected, onSelect }: Props) {
  const { session } = useApp();
  const svg = useRef<SVGSVGElement>(null);
  const frame = useSignal(0);
  const layout = useMemo(
    () =>
      new GraphLayout(() => {
        frame.value += 1;
      }),
    [frame],
  );
  useEffect(() => () => layout.stop(), [layout]);

  const { snapshot, traffic } = view.value;
  layout.update(
    snapshot.members.map((member) => member.id),
    snapshot.edges,
  );
  void frame.value;

  const self = session.node.id;
  const bytesOver = ({ a, b }: EdgeSnapshot): number | undefined => {
    if (a !== self && b !== self) return undefined;
    const rate = traffic.get(a === self ? b : a);
    return rate && rate.inPerSecond + rate.outPerSecond;
  };
  const linkRtts = new Map(snapshot.links.map(({ peer, rttMs }) => [peer, rttMs]));
  /** Of our own Edges as measured here; of others' as their ends announce it, coarsely. */
  const roundTripOver = ({ a, b, rttMs }: EdgeSnapshot): string => {
    if (a === self || b === self) return formatRtt(linkRtts.get(a === self ? b : a));
    return rttMs === undefined ? formatRtt(rttMs) : `≈ ${formatRtt(rttMs)}`;
  };
  const treePeers = new Set(snapshot.links.flatMap(({ peer, isTreeEdge }) => (isTreeEdge ? [peer] : [])));
  /** Of others' Edges we do not know it. */
  const isTreeEdge = ({ a, b }: EdgeSnapshot): boolean | undefined =>
    a === self || b === self ? treePeers.has(a === self ? b : a) : undefined;
  const lit = litSubject.value;
  const lights = lit && lightsOf(lit, self, snapshot);
  const litNodes = new Set(lit?.nodes);
  const isLabelled = ({ a, b }: EdgeSnapshot): boolean =>
    snapshot.edges.length < MANY_EDGES || a === selected || b === selected;

  return (
    <figure class="topology">
      <svg
        ref={svg}
        class="graph"
        viewBox={viewBoxOf(layout.nodes.values()).join(' ')}
        aria-label={`Topology: ${snapshot.members.length} Nodes, ${snapshot.edges.length} Edges`}
      >
        {snapshot.edges.map((edge) => (
          <EdgeLine
            key={`${edge.a} ${edge.b}`}
            edge={edge}
            layout={layout}
            roundTrip={roundTripOver(edge)}
            bytesPerSecond={bytesOver(edge)}
            isTreeEdge={isTreeEdge(edge)}
            light={lights?.get(edgeKey(edge.a, edge.b))}
          />
        ))}
        {snapshot.edges.filter(isLabelled).map((edge) => (
          <EdgeLabel
            key={`${edge.a} ${edge.b}`}
            edge={edge}
            layout={layout}
            roundTrip={roundTripOver(edge)}
            bytesPerSecond={bytesOver(edge)}
          />
        ))}
        {snapshot.members.map((member) => (
          <NodeDot
            key={member.id}
            member={member}
            layout={layout}
            isSelected={member.id === selected}
            isLit={litNodes.has(member.id)}
            onSelect={onSelect}
          />
        ))}
      </svg>
      {lit ? <LitLegend lit={lit} /> : <Legend />}
    </figure>
  );
}

function Legend() {
  return (
    <figcaption class="legend">
      <span>Numbers: round trips, ≈ as others announce theirs</span>
      {LEGEND.map(({ isTree, isBusy, text }) => (
        <span key={text}>
          <svg class="legend-line" data-tree={isTree} viewBox="0 0 24 8" aria-hidden="true">
            <line x1={1} y1={4} x2={23} y2={4} stroke-width={2} data-busy={isBusy} />
          </svg>
          {text}
        </span>
      ))}
    </figcaption>
  );
}

function LitLegend({ lit }: { readonly lit: LitSubject }) {
  return (
    <figcaption class="legend">
      <span>
        Lit: who listens to <code>{visible(lit.pattern)}</code> and the way there
      </span>
      <span data-running={lit.running.size > 0}>
        {lit.running.size > 0 ? 'Messages run along it' : 'No message runs along it now'}
      </span>
    </figcaption>
  );
}

interface EdgeProps {
  readonly edge: EdgeSnapshot;
  readonly layout: GraphLayout;
  readonly roundTrip: string;
  readonly bytesPerSecond: number | undefined;
}

function EdgeLine({
  edge,
  layout,
  roundTrip,
  bytesPerSecond,
  isTreeEdge,
  light,
}: EdgeProps & { readonly isTreeEdge: boolean | undefined; readonly light: EdgeLight | undefined }) {
  const a = layout.nodes.get(edge.a);
  const b = layout.nodes.get(edge.b);
  if (!a || !b) return null;
  const [ax, ay, bx, by] = [a.x ?? 0, a.y ?? 0, b.x ?? 0, b.y ?? 0];
  const isBusy = bytesPerSecond !== undefined && bytesPerSecond > BUSY_BYTES_PER_SECOND;
  return (
    <g
      class="edge"
      data-edge={`${nodeTag(edge.a)} ${nodeTag(edge.b)}`}
      data-tree={isTreeEdge}
      data-light={light}
    >
      <title>
        {nodeTag(edge.a)} – {nodeTag(edge.b)}: round trip {roundTrip}
        {bytesPerSecond === undefined ? '' : `, ${formatBytes(bytesPerSecond)}/s`}
        {isTreeEdge ? ', tree Edge' : ''}
      </title>
      {light && <line class="light" x1={ax} y1={ay} x2={bx} y2={by} />}
      <line
        x1={ax}
        y1={ay}
        x2={bx}
        y2={by}
        stroke-width={edgeWidth(bytesPerSecond ?? 0)}
        data-busy={isBusy}
      />
    </g>
  );
}

/** Drawn after all lines, so that none runs through it. */
function EdgeLabel({ edge, layout, roundTrip, bytesPerSecond }: EdgeProps) {
  const a = layout.nodes.get(edge.a);
  const b = layout.nodes.get(edge.b);
  if (!a || !b) return null;
  const [x, y] = [((a.x ?? 0) + (b.x ?? 0)) / 2, ((a.y ?? 0) + (b.y ?? 0)) / 2];
  const isBusy = bytesPerSecond !== undefined && bytesPerSecond > BUSY_BYTES_PER_SECOND;
  return (
    <GraphLabel
      kind="edge-label"
      x={x}
      y={isBusy ? y - 3 : y + 3}
      lines={isBusy ? [roundTrip, `${formatBytes(bytesPerSecond)}/s`] : [roundTrip]}
    />
  );
}

interface DotProps {
  readonly member: Member;
  readonly layout: GraphLayout;
  readonly isSelected: boolean;
  /** It listens to the subject that is lit. */
  readonly isLit: boolean;
  readonly onSelect: (id: NodeId) => void;
}

function NodeDot({ member, layout, isSelected, isLit, onSelect }: DotProps) {
  const { colours } = useApp();
  const { id, attributes, health, isSelf } = member;
  const { name } = deviceInfoOf(attributes);
  const shown = `${isSelf ? 'this tab' : shorten(name)}${health === 'healthy' ? '' : ` · ${health}`}`;
  const place = layout.nodes.get(id);
  if (!place) return null;
  const toGraph = (event: PointerEvent): { x: number; y: number } | undefined => {
    const svg = (event.currentTarget as SVGElement).ownerSVGElement;
    const matrix = svg?.getScreenCTM();
    return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : undefined;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand in SVG
    <g
      class="node"
      role="button"
      tabindex={0}
      data-health={health}
      data-node={id}
      data-lit={isLit}
      aria-pressed={isSelected}
      aria-label={`${nameOf(member, shown)}${isLit ? ', listens' : ''}`}
      style={nodeStyle(colours.of(id))}
      transform={`translate(${place.x ?? 0} ${place.y ?? 0})`}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect(id);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onSelect(id);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) layout.pin(id, toGraph(event));
      }}
      onPointerUp={() => layout.pin(id, undefined)}
      onPointerCancel={() => layout.pin(id, undefined)}
    >
      {isLit && <circle class="lit" r={24} />}
      <circle class="halo" r={22} />
      <circle class="dot" r={17} />
      <text class="dot-tag" y={4}>
        {nodeTag(id)}
      </text>{' '}
      <GraphLabel kind="dot-name" x={0} y={36} lines={[shown]} />
    </g>
  );
}

/** Begins with what can be read in the picture, so that it can be said aloud to choose it. */
function nameOf({ id, attributes, health }: Member, shown: string): string {
  const { name } = deviceInfoOf(attributes);
  const parts = [`Node ${nodeTag(id)} ${shown}`];
  if (!shown.includes(name)) parts.push(name);
  if (health === 'healthy') parts.push(health);
  return parts.join(', ');
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > 20 ? `${characters.slice(0, 19).join('')}…` : text;
}
