/** A text area with line numbers beside it: what an error names can be found. */
import { useEffect, useRef } from 'preact/hooks';

export interface SourceEditorProps {
  readonly source: string;
  readonly badLines: ReadonlySet<number>;
  onChange(source: string): void;
  onRun(): void;
}

export function SourceEditor({ source, badLines, onChange, onRun }: SourceEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLOListElement>(null);
  const lines = source.split('\n').length;
  const [firstBad] = badLines;
  useEffect(() => {
    if (firstBad === undefined || !area.current) return;
    const lineHeight = area.current.scrollHeight / lines;
    area.current.scrollTop = Math.max(0, (firstBad - 4) * lineHeight);
  }, [firstBad, lines]);
  return (
    <div class="editor">
      <ol class="editor-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          <li key={i} class={badLines.has(i + 1) ? 'bad' : undefined}>
            {i + 1}
          </li>
        ))}
      </ol>
      <textarea
        ref={area}
        class="editor-text"
        aria-label="Module source"
        value={source}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        wrap="off"
        onInput={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        onKeyDown={(event) => {
          // The debug panel's key and the like are letters here.
          event.stopPropagation();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            onRun();
          }
        }}
      />
    </div>
  );
}
