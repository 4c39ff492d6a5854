/** How others get in, and who is here. */
import { Invite } from './invite.tsx';
import { PeopleList } from './people-list.tsx';

export function Network() {
  return (
    <>
      <Invite />
      <PeopleList />
    </>
  );
}
