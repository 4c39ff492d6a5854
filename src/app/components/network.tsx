/** How others get in, and who is here. */
import { Invite } from './invite.tsx';
import { PeopleList } from './people-list.tsx';
import { SignalingAway } from './signaling-away.tsx';
import { TextInviteButton } from './text-invite.tsx';

export function Network() {
  return (
    <>
      <SignalingAway />
      <Invite />
      <TextInviteButton />
      <PeopleList />
    </>
  );
}
