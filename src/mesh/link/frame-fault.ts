/** What a frame on an open Link must keep to beyond its own form, by the table of frame types. */
import { type FrameHeader, FrameType, frameRule, type NodeId } from '../../wire/index.ts';

/**
 * Why no honest neighbour sends such a frame; undefined when it may be believed as far as its scope goes: `link` frames are
 * the neighbour's own, so are the last words of a Link and a hello that begins another on its channel; `routed` and `tree` frames may be anybody's, and whoever takes them
 * checks their seal or signature.
 */
export function frameFault(header: FrameHeader, neighbour: NodeId): string | undefined {
  switch (frameRule(header.type).scope) {
    case 'routed':
    case 'tree':
      return undefined;
    case 'link':
      return header.source === neighbour ? undefined : 'a word between neighbours in the name of another';
    case 'handshake':
      if (header.source !== neighbour) return 'a last word in the name of another';
      return header.type === FrameType.auth ? 'a proof that nobody asked for' : undefined;
  }
}
