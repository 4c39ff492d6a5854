/** Rows for people: columns as wide as their widest cell. */

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

/** Titles and rows, a line each, without a line break at the end. */
export function inColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
