/** The picture's hash: short for the eye, whole when chosen, and in the clipboard by the same click. */
import { useSignal } from '@preact/signals';
import { copyText } from '../copy-text.ts';

export function PictureHash({ hash }: { readonly hash: string }) {
  const isWhole = useSignal(false);
  const isCopied = useSignal(false);
  return (
    <div class="figure hash" data-whole={isWhole.value}>
      <dt>{isCopied.value ? 'Picture hash copied' : 'Picture hash'}</dt>
      <dd>
        <button
          type="button"
          title="Copy the whole hash: the same scene, settings and seed give it on every machine"
          onClick={async () => {
            isWhole.value = true;
            isCopied.value = await copyText(hash, null);
          }}
        >
          {/* The whole hash is always in the text; the style cuts it. */}
          <output class="mono ellipsis" aria-label="Picture hash" data-testid="picture-hash">
            {hash}
          </output>
        </button>
      </dd>
    </div>
  );
}
