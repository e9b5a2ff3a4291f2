import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly key: string;
  readonly title: ComponentChildren;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly align?: 'end';
  /** Heads its row, and its card on a phone. */
  readonly heading?: boolean;
  /** Not worth a line on a phone. */
  readonly wideOnly?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A table; on a phone each row becomes a card whose cells carry the titles of their columns. */
export function Table<Row>({ caption, columns, rows, keyOf }: Props<Row>) {
  return (
    // Roles are said again: browsers forget them when cells are laid out as blocks.
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table class="table" role="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, title, align }) => (
            <th key={key} role="columnheader" scope="col" class={align === 'end' ? 'end' : ''}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { title, cell, align, heading, wideOnly } = column;
  const classes = `${align === 'end' ? 'end' : ''} ${wideOnly ? 'wide-only' : ''}`;
  if (heading) {
    return (
      // biome-ignore lint/a11y/noRedundantRoles: see Table
      <th role="rowheader" scope="row" class={classes}>
        {cell(row)}
      </th>
    );
  }
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see Table
    <td role="cell" class={classes}>
      <span class="cell-title" aria-hidden="true">
        {title}
      </span>
      <div class="cell-value">{cell(row)}</div>
    </td>
  );
}
