/** Who has the room open, and whom one may follow. */
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import type { Companion } from './company.ts';
import { RemoveButton } from './removal.tsx';
import { useRoom } from './room-view.ts';
import { titleOf } from './stage-travel.ts';

export function WhoIsHere() {
  const { session } = useApp();
  const { company, page, ownName } = useRoom();
  const others = company.others.value;
  const isLeading = company.isLeading.value;
  return (
    <div class="room-people">
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ul aria-label="Who is here" role="list">
        <li>
          <NodeChip id={session.node.id} />
          <span class="ellipsis room-person">{ownName()}</span>
          <span class="muted">you</span>
          {page.grant === 'read' && <span class="tag">read only</span>}
          {others.length > 0 && page.grant !== 'read' && (
            <button
              type="button"
              class="button small"
              aria-pressed={isLeading}
              title="Asks the others to look at what you look at"
              onClick={() => company.lead(!isLeading)}
            >
              Follow me
            </button>
          )}
        </li>
        {others.map((other) => (
          <li key={other.node} data-node={other.node}>
            <Person {...other} self={session.node.id} />
          </li>
        ))}
        {page.grant === 'admin' && !page.isNetworks && <Away />}
      </ul>
      {company.obstacle.value !== undefined && <p class="room-problem">{company.obstacle}</p>}
    </div>
  );
}

/** Who has the room and is not in reach: they may be removed as well. */
function Away() {
  const { nameOf } = useApp();
  const { page } = useRoom();
  const away = page.members.value.filter(({ isHere, isSelf }) => !isHere && !isSelf);
  return (
    <>
      {away.map((member) => {
        const name = nameOf(member.node) ?? 'Somebody';
        return (
          <li key={member.device}>
            <NodeChip id={member.node} />
            <span class="ellipsis room-person">{name}</span>
            <span class="muted">away</span>
            <RemoveButton member={member} name={name} />
          </li>
        );
      })}
    </>
  );
}

function Person({ node, stage, leads, follows, self }: Companion & { readonly self: NodeId }) {
  const app = useApp();
  const { company, page } = useRoom();
  const name = app.nameOf(node) ?? 'Somebody';
  const member = page.members.value.find((one) => one.node === node);
  const isFollowed = company.following.value === node;
  const looksAt = stage ? `looks at ${titleOf(stage)}` : 'shows nothing on the stage';
  return (
    <>
      <NodeChip id={node} />
      <span class="ellipsis room-person" title={`${name} ${looksAt}`}>
        {name}
      </span>
      {follows === self ? (
        <span class="tag good">follows you</span>
      ) : (
        stage && (
          <button
            type="button"
            class={`button small ${leads && !isFollowed ? 'primary' : ''}`}
            aria-pressed={isFollowed}
            aria-label={isFollowed ? `Stop following ${name}` : `Follow ${name}`}
            title={leads ? `${name} asks you to look at what they look at` : `${name} ${looksAt}`}
            onClick={() => company.follow(isFollowed ? undefined : node)}
          >
            {isFollowed ? 'Following' : 'Follow'}
          </button>
        )
      )}
      {leads && <span class="visually-hidden">asks to be followed</span>}
      {member && <RemoveButton member={member} name={name} />}
    </>
  );
}
