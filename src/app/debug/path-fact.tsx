/** How the Link with a Node runs. ICE may move it at any time, so it is looked up again while it is shown. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PathKind } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { Fact } from './facts.tsx';

const LOOK_EVERY_MS = 3_000;

const WORDS: Readonly<Record<PathKind, string>> = {
  host: 'host: from address to address',
  reflexive: 'reflexive: through a NAT',
  relay: 'relay: over a TURN server',
};

export function PathFact({ peer }: { readonly peer: NodeId }) {
  const { transport } = useApp().session;
  const kind = useSignal<PathKind | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    const look = async (): Promise<void> => {
      const found = await transport.pathTo(peer);
      if (!isGone) kind.value = found;
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [transport, peer, kind]);
  return <Fact name="Path" value={kind.value === undefined ? 'not known yet' : WORDS[kind.value]} />;
}
