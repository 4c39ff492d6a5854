/** A small table of the debug panel: what it shows stands in its caption; the first column names the row. */
import type { ComponentChildren } from 'preact';

interface Props {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
  /** Said instead of an empty table. */
  readonly none: string;
}

export function DebugTable({ caption, head, rows, none }: Props) {
  if (rows.length === 0) {
    return (
      <p class="muted">
        <span class="debug-caption">{caption}:</span> {none}
      </p>
    );
  }
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells: [first, ...others] }) => (
          <tr key={key}>
            <th scope="row">{first}</th>
            {others.map((cell, column) => (
              <td key={head[column + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
