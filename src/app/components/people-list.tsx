/** One line per Node: its colour, its name, what it lends, and how well it is reached. */
import { deviceInfoOf } from '../../farm/index.ts';
import type { Member } from '../../mesh/index.ts';
import { countOf, formatRtt, sentence } from '../state/format.ts';
import { useApp } from './app-context.ts';
import { NodeChip } from './node-chip.tsx';
import { OwnDevice } from './own-device.tsx';

export function PeopleList() {
  const { people } = useApp();
  // Who has left hears of nobody any more.
  const members = people.departure.value === undefined ? people.members.value : [];
  return (
    <div class="people">
      <div class="section-head">
        <h2 id="people-title">People</h2>
        <span class="muted">{countOf(members.length, 'device')}</span>
      </div>
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ul aria-label="People" role="list">
        {members.map((member) => (
          <li key={member.id} class="person" data-node={member.id} data-health={member.health}>
            <NodeChip id={member.id} />
            {member.isSelf ? <OwnDevice member={member} /> : <OtherDevice member={member} />}
          </li>
        ))}
      </ul>
      {members.length === 0 && (
        <p class="muted people-empty">This tab has left, and does not know who is here.</p>
      )}
      {members.length === 1 && (
        <p class="muted people-empty">Only this tab so far. A second tab on this machine counts too.</p>
      )}
    </div>
  );
}

function OtherDevice({ member }: { readonly member: Member }) {
  const { health, hops, rttMs } = member;
  const info = deviceInfoOf(member.attributes);
  const { paths, jobs } = useApp();
  const whyIndirect = paths.failed.value.get(member.id);
  const wrongIn = jobs.list.value.filter(({ standing }) =>
    standing.value.liars.some(({ node }) => node === member.id),
  );
  return (
    <div class="person-text">
      <p class="person-name">
        <span class="ellipsis" title={info.name}>
          {info.name}
        </span>
        {info.platform === 'terminal' && <span class="tag">terminal</span>}
        {health === 'unchecked' && <span class="tag">not heard yet</span>}
        {(health === 'suspected' || health === 'dead') && <span class="tag warn">{health}</span>}
        {wrongIn.length > 0 && (
          <span
            class="tag bad"
            title={`Its results were wrong: it gets no more of ${wrongIn.map(({ job }) => job.title).join(', ')}`}
          >
            wrong results
          </span>
        )}
        {hops !== undefined && hops > 1 && (
          <span class="tag" title={whyIndirect && sentence(`No direct connection: ${whyIndirect}`)}>
            {countOf(hops, 'hop')}
          </span>
        )}
        {hops === undefined && <span class="tag warn">no path</span>}
      </p>
      <p class="muted person-facts">
        {info.cores !== undefined && <span>{countOf(info.cores, 'core')}</span>}
        <span>{countOf(info.workers, 'worker')}</span>
        <span title="Round trip">{formatRtt(rttMs)}</span>
      </p>
    </div>
  );
}
