/**
 * One Node in detail: how it is reached, what speaks against it, our Link to it with its switches, our session and the windows of
 * our streams with it. Of ourselves: all Links, sessions, suspicions, the memory in use and the network table.
 */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { deviceInfoOf } from '../../farm/index.ts';
import type { LinkSnapshot, Member, MeshSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { countOf, formatBytes, formatCount, formatDuration, formatLife, formatRtt } from '../state/format.ts';
import type { JobView } from '../state/jobs.ts';
import type { Traffic } from '../state/traffic.ts';
import { Fact } from './facts.tsx';
import { LinkTable, MemoryMeter, SessionTable, SuspicionTable, Witnesses } from './mesh-tables.tsx';
import type { MeshView } from './mesh-watch.ts';
import { NetworkTable } from './network-table.tsx';
import { PathFact } from './path-fact.tsx';
import { Windows } from './stream-windows.tsx';

const HEALTH_TONES = { healthy: 'good', unchecked: '', suspected: 'warn', dead: 'bad' } as const;

interface Props {
  readonly id: NodeId;
  readonly view: ReadonlySignal<MeshView>;
  readonly onChange: () => void;
}

export function NodeDetails({ id, view, onChange }: Props) {
  const { snapshot, traffic } = view.value;
  const member = snapshot.members.find((candidate) => candidate.id === id);
  if (!member) return <p class="muted">This Node has left.</p>;
  const link = snapshot.links.find((candidate) => candidate.peer === id);
  const streams = snapshot.streams.filter((stream) => member.isSelf || stream.peer === id);
  return (
    <div class="details">
      <h3>
        <NodeChip id={id} />
        <span class="ellipsis">{deviceInfoOf(member.attributes).name}</span>
        {member.isSelf && <span class="tag good">this tab</span>}
        <span class={`tag ${HEALTH_TONES[member.health]}`}>{member.health}</span>
      </h3>
      <MemberFacts member={member} snapshot={snapshot} />
      {!member.isSelf && <LinkSwitches id={id} hasLink={link !== undefined} onChange={onChange} />}
      {link && <LinkFacts link={link} traffic={traffic.get(id)} />}
      {member.isSelf && (
        <>
          <LinkTable links={snapshot.links} />
          <SessionTable sessions={snapshot.sessions} />
          <SuspicionTable suspicions={snapshot.suspicions} />
          <h4>Memory because of others</h4>
          <MemoryMeter memory={snapshot.memory} sessions={snapshot.sessions} />
        </>
      )}
      <NetworkTable id={id} isSelf={member.isSelf} own={snapshot.table} />
      <Windows streams={streams} />
    </div>
  );
}

/** How a Node's results of a render stood the comparison with those of others. */
function ResultsFact({ view, id }: { readonly view: JobView; readonly id: NodeId }) {
  const checked = view.progress.value.helpers.find(({ node }) => node === id)?.checked ?? 0;
  const isWrong = view.standing.value.liars.some(({ node }) => node === id);
  if (checked === 0 && !isWrong) return null;
  const text = isWrong ? 'wrong: blocked' : `${countOf(checked, 'result')} checked, all right`;
  return <Fact name="Results" value={`${view.job.title}: ${text}`} />;
}

function MemberFacts({ member, snapshot }: { readonly member: Member; readonly snapshot: MeshSnapshot }) {
  const next = snapshot.routes.get(member.id);
  const { paths, jobs } = useApp();
  const whyIndirect = paths.failed.value.get(member.id);
  const { workers, cores, platform } = deviceInfoOf(member.attributes);
  const lent = countOf(workers, 'worker') + (cores === undefined ? '' : ` of ${countOf(cores, 'core')}`);
  const suspicion = snapshot.suspicions.find(({ id }) => id === member.id);
  const session = snapshot.sessions.find(({ peer }) => peer === member.id);
  return (
    <dl class="facts">
      <Fact name="uuid" value={member.id} isMono />
      <Fact name="Reached" value={reachOf(member)} />
      {!member.isNeighbour && next !== undefined && next !== member.id && (
        <Fact name="Next hop" value={<NodeChip id={next} />} />
      )}
      {suspicion && <Fact name="Not heard by" value={<Witnesses suspicion={suspicion} />} />}
      {suspicion && <Fact name="Called dead" value={`in ${formatDuration(suspicion.leftMs / 1000)}`} />}
      {jobs.list.value.map((view) => (
        <ResultsFact key={view.job.id} view={view} id={member.id} />
      ))}
      {whyIndirect !== undefined && <Fact name="No direct Link" value={whyIndirect} />}
      {/* A neighbour's is measured: it stands with the Link. */}
      {!member.isSelf && !member.isNeighbour && (
        <Fact
          name="Round trip"
          value={
            member.rttMs === undefined
              ? '–'
              : `≈ ${formatRtt(member.rttMs)}, by the announcements along the path`
          }
        />
      )}
      <Fact name="Lends" value={lent} />
      {platform && <Fact name="Runs in" value={platform} />}
      {session && (
        <Fact
          name="Session"
          value={`${session.session.toString(16).padStart(8, '0')}, ${session.path}, ${formatBytes(session.budgetBytes)} kept`}
        />
      )}
      {session && <Fact name="Alive since" value={formatLife(session.life)} />}
      {!member.isSelf && (
        <Fact name="Known for" value={formatDuration((performance.now() - member.sinceMs) / 1000)} />
      )}
    </dl>
  );
}

function reachOf({ isSelf, isNeighbour, hops }: Member): string {
  if (isSelf) return 'this tab';
  if (isNeighbour) return 'by a Link of ours';
  return hops === undefined ? 'by no known path' : `over ${countOf(hops, 'hop')}`;
}

function LinkFacts({
  link,
  traffic,
}: {
  readonly link: LinkSnapshot;
  readonly traffic: Traffic | undefined;
}) {
  const perSecond = (bytes: number | undefined): string => `${formatBytes(bytes ?? 0)}/s`;
  return (
    <>
      <h4>Link</h4>
      <dl class="facts">
        <Fact name="Held because" value={link.why} />
        <PathFact peer={link.peer} />
        <Fact name="Broadcasts" value={link.isTreeEdge ? 'pushed: a tree Edge' : 'announced: no tree Edge'} />
        <Fact name="Round trip" value={`${formatRtt(link.rttMs)}, measured`} />
        <Fact name="Loss" value={`${Math.round(100 * link.loss)} %`} />
        <Fact name="In" value={`${formatBytes(link.bytesIn)} · ${perSecond(traffic?.inPerSecond)}`} />
        <Fact name="Out" value={`${formatBytes(link.bytesOut)} · ${perSecond(traffic?.outPerSecond)}`} />
        <Fact name="Frames" value={`${formatCount(link.framesIn)} in, ${formatCount(link.framesOut)} out`} />
        <Fact name="Relayed" value={formatCount(link.relayed)} />
        <Fact name="Malformed" value={formatCount(link.malformed)} />
        <Fact name="Queued" value={formatBytes(link.queuedBytes)} />
      </dl>
    </>
  );
}

interface SwitchProps {
  readonly id: NodeId;
  readonly hasLink: boolean;
  readonly onChange: () => void;
}

function LinkSwitches({ id, hasLink, onChange }: SwitchProps) {
  const { faults } = useApp().session.node.inspection;
  const turn = useSignal(0);
  void turn.value;
  const isBlocked = faults.blockedLinks.has(id);
  const act = (action: () => void): void => {
    action();
    turn.value += 1;
    onChange();
  };
  return (
    <p class="switches">
      <button
        type="button"
        class="button small"
        disabled={!hasLink}
        title="Closes the Link once; the mesh is free to open it again"
        onClick={() => act(() => faults.dropLink(id))}
      >
        Drop Link
      </button>
      <button
        type="button"
        class="button small"
        role="switch"
        aria-checked={isBlocked}
        data-danger={isBlocked}
        title="While blocked no Link to this Node is opened or accepted: its messages take another way"
        onClick={() => act(() => faults.setLinkBlocked(id, !isBlocked))}
      >
        <span class="toggle" aria-hidden="true" />
        Block Link
      </button>
    </p>
  );
}
