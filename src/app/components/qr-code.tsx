/**
 * A QR code as one SVG path: always dark on white, as scanners want it, whatever the theme. What makes it is loaded when the first one is
 * shown; until then its place is white.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { log, messageOf } from '../../runtime/index.ts';

interface Code {
  readonly size: number;
  readonly path: string;
}

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const code = useSignal<Code | undefined>(undefined);
  useEffect(() => {
    let isCurrent = true;
    codeOf(text).then(
      (made) => {
        if (isCurrent) code.value = made;
      },
      // The text stands beside it, to be copied.
      (error: unknown) => log('info', `the QR code could not be made: ${messageOf(error)}`),
    );
    return () => {
      isCurrent = false;
    };
  }, [text, code]);
  const { size, path } = code.value ?? { size: 1, path: '' };
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}

async function codeOf(text: string): Promise<Code> {
  const { encode } = await import('uqr');
  // Medium error correction: read off a screen, but perhaps at an angle. The border of four modules is the standard's.
  // To choose among the eight masks takes seven times as long as the code, for texts as random as ours in vain: this one's penalty is
  // on average 3 % over the least.
  const { size, data } = encode(text, { ecc: 'M', border: 4, maskPattern: 2 });
  return { size, path: modulesPath(data) };
}

/** Dark modules of each row joined to runs: a few hundred segments instead of a thousand squares. */
function modulesPath(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      let end = x;
      while (row[end + 1]) end += 1;
      path += `M${x} ${y}h${end - x + 1}v1h-${end - x + 1}z`;
      x = end;
    }
  });
  return path;
}
