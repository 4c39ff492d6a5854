/**
 * In the debug panel: the room's newest updates as the graph that they are, its checkpoints, and who has what. Each thing drawn stands in a
 * table, too.
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { RoomFinality, RoomUpdate, UpdateHash } from '../../services/rooms/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip, nodeStyle } from '../components/node-chip.tsx';
import { DebugTable } from '../debug/debug-table.tsx';
import { countOf } from '../state/format.ts';
import { nodeTag } from '../state/node-colours.ts';
import type { ShownRoom } from '../state/room-door.ts';
import { layoutDag, type PlacedUpdate } from './dag-layout.ts';
import { nodeOfAuthor } from './node-of-author.ts';
import { clockTime } from './said-time.ts';
import { syncText } from './sync-text.ts';
import './dag.css';

/** Older ones tell little, and a drawing has to end. */
const SHOWN_UPDATES = 48;
const STEP_X = 44;
const STEP_Y = 30;

interface Seen {
  readonly room: ShownRoom;
  readonly updates: readonly RoomUpdate[];
  readonly heads: ReadonlySet<UpdateHash>;
  readonly members: readonly NodeId[];
}

export function DagPane() {
  const { room } = useApp();
  const seen = useSignal<Seen | undefined>(undefined);
  useSignalEffect(() => {
    const shown = room.opened.value;
    if (!shown) {
      seen.value = undefined;
      return;
    }
    let frame = 0;
    const look = (): void => {
      seen.value = {
        room: shown,
        updates: shown.updates(),
        heads: new Set(shown.heads),
        members: shown.members.filter(({ isHere }) => isHere).map(({ node }) => node),
      };
    };
    const lookSoon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    look();
    const stops = [
      shown.events.on('update', lookSoon),
      shown.events.on('finality', lookSoon),
      shown.events.on('sync', lookSoon),
      shown.events.on('others', lookSoon),
    ];
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  });
  if (!seen.value) return <p class="muted">No room is open in this tab: press Chat.</p>;
  return <Details {...seen.value} />;
}

function Details({ room, updates, heads, members }: Seen) {
  const newest = updates.slice(-SHOWN_UPDATES);
  const held = new Map(members.map((node, i) => [node, i === 0 ? room.heads : room.headsOf(node)] as const));
  return (
    <div class="details">
      <h3>
        Room <span class="mono">{room.id.slice(0, 8)}</span>
        <span class={`tag ${syncText(room.sync).tone}`}>{syncText(room.sync).text}</span>
      </h3>
      <dl class="facts dag-facts">
        <div>
          <dt>State</dt>
          <dd class="mono" data-testid="room-state">
            {room.stateHash}
          </dd>
        </div>
        <div>
          <dt>Final</dt>
          <dd>{finalText(room.finality)}</dd>
        </div>
        <div>
          <dt>Open</dt>
          <dd>
            {countOf(updates.length, 'update')}, {countOf(heads.size, 'head')}
            {updates.length > newest.length && `, the newest ${newest.length} are shown`}
          </dd>
        </div>
      </dl>
      <Dag updates={newest} heads={heads} finality={room.finality} />
      <DebugTable
        caption="Who has what"
        none="nobody"
        head={['Node', 'Has', 'Newest there']}
        rows={[...held].map(([node, theirs]) => ({
          key: node,
          cells: [
            <NodeChip key="id" id={node} />,
            hasText(theirs, heads),
            <span key="heads" class="mono folds">
              {theirs?.map((hash) => hash.slice(0, 6)).join(' ')}
            </span>,
          ],
        }))}
      />
      <DebugTable
        caption="Open updates"
        none="none"
        head={['Update', 'By', 'Their clock', 'Follows']}
        rows={newest.toReversed().map(({ hash, author, claimedAtMs, parents }) => ({
          key: hash,
          cells: [
            <span key="hash" class="mono">
              {hash.slice(0, 6)}
              {heads.has(hash) && ' (head)'}
            </span>,
            <NodeChip key="by" id={nodeOfAuthor(author)} />,
            clockTime(claimedAtMs),
            <span key="parents" class="mono folds">
              {parents.length === 0 ? 'the beginning' : parents.map((one) => one.slice(0, 6)).join(' ')}
            </span>,
          ],
        }))}
      />
    </div>
  );
}

interface DagProps {
  readonly updates: readonly RoomUpdate[];
  readonly heads: ReadonlySet<UpdateHash>;
  readonly finality: RoomFinality;
}

/** For the eye: the table beneath says the same. */
function Dag({ updates, heads, finality }: DagProps) {
  const { placed, lines, columns, rows } = layoutDag(updates);
  const isClosed = finality.type === 'final';
  const from = isClosed ? 56 : 16;
  const x = ({ column }: PlacedUpdate): number => from + STEP_X / 2 + column * STEP_X;
  const y = ({ row }: PlacedUpdate): number => STEP_Y / 2 + row * STEP_Y + 4;
  const width = from + columns * STEP_X + 16;
  const height = Math.max(1, rows) * STEP_Y + 8;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
    <section class="dag-box" tabIndex={0} aria-label="Graph of the open updates">
      <svg class="dag" width={width} height={height} aria-hidden="true">
        {isClosed && (
          <g class="dag-checkpoint">
            <rect x={6} y={4} width={36} height={height - 8} rx={4} />
            <text x={24} y={height / 2 + 4}>
              #{finality.checkpoint}
            </text>
          </g>
        )}
        {lines.map((line) => (
          <line
            key={`${line.from.update.hash} ${line.to.update.hash}`}
            x1={x(line.from)}
            y1={y(line.from)}
            x2={x(line.to)}
            y2={y(line.to)}
          />
        ))}
        {placed.map((one) => (
          <Dot key={one.update.hash} one={one} x={x(one)} y={y(one)} isHead={heads.has(one.update.hash)} />
        ))}
      </svg>
    </section>
  );
}

interface DotProps {
  readonly one: PlacedUpdate;
  readonly x: number;
  readonly y: number;
  readonly isHead: boolean;
}

function Dot({ one: { update }, x, y, isHead }: DotProps) {
  const { colours } = useApp();
  const node = nodeOfAuthor(update.author);
  return (
    <g style={nodeStyle(colours.of(node))} data-head={isHead}>
      <rect class="dag-dot" x={x - 17} y={y - 9} width={34} height={18} rx={9} />
      <text class="dag-tag" x={x} y={y + 4}>
        {nodeTag(node)}
      </text>
    </g>
  );
}

function finalText(finality: RoomFinality): string {
  if (finality.type === 'none') return 'nothing: no checkpoint was made';
  const { checkpoint, updates, by, next, breaks } = finality;
  const taken = breaks.length > 0 ? `; the role was taken at ${breaks.join(', ')}` : '';
  return `checkpoint ${checkpoint} by ${nodeTag(by)} closes ${countOf(updates, 'update')}; the next by ${nodeTag(next)}${taken}`;
}

function hasText(theirs: readonly UpdateHash[] | undefined, heads: ReadonlySet<UpdateHash>): string {
  if (!theirs) return 'has not said';
  return theirs.length === heads.size && theirs.every((hash) => heads.has(hash))
    ? 'what is here'
    : 'something else';
}
