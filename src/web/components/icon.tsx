/** Outlines on a 20 by 20 grid, drawn with the colour of the text. Each is decoration: the text beside it says the same. */
const outlines = {
  home: 'M3 9.5 10 3.5l7 6M5 8v8.5h3.8V12h2.4v4.5H15V8',
  plus: 'M10 4v12M4 10h12',
  person: 'M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5',
  approve: 'M3.5 4.5h13v11h-13ZM6.8 10.2l2.3 2.3 4.3-4.8',
  list: 'M7.5 5H17M7.5 10H17M7.5 15H17M3.5 5h.6M3.5 10h.6M3.5 15h.6',
  pool: 'M3 4h14v12H3ZM10 4v12M10 10h7M13.5 10v6',
  tenant: 'M4 17V3.5h7.5V17M11.5 8H16v9M3 17h14M6.5 7h2.5M6.5 10h2.5M6.5 13h2.5',
  audit: 'M10 2.8 16 5v4.8c0 3.6-2.5 6.2-6 7.4-3.5-1.2-6-3.8-6-7.4V5ZM7.3 10l2 2 3.5-4',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5 5 15',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM10 2.2v1.6M10 16.2v1.6M2.2 10h1.6M16.2 10h1.6M4.5 4.5l1.1 1.1M14.4 14.4l1.1 1.1M15.5 4.5l-1.1 1.1M5.6 14.4l-1.1 1.1',
  moon: 'M16.5 11.8A6.7 6.7 0 0 1 8.2 3.5a6.7 6.7 0 1 0 8.3 8.3Z',
  check: 'M4 10.5l4 4 8-9',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.8 1.7',
  cross: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  stop: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5.2 5.2l9.6 9.6',
  warning: 'M10 3 2.5 16.5h15ZM10 8v4M10 14.2v.3',
  undo: 'M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8',
  running: 'M16.5 10a6.5 6.5 0 1 1-2-4.7M16.5 3v3.5H13',
  copy: 'M7 7h9.5v9.5H7ZM13 7V3.5H3.5V13H7',
  information: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9v4.5M10 6.3v.3',
  external: 'M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7',
  trash: 'M4 6h12M8 6V3.5h4V6M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v4.5M11.5 9v4.5',
  link: 'M8.5 11.5 11.5 8.5M9 6l1.5-1.5a3.5 3.5 0 0 1 5 5L14 11M11 14l-1.5 1.5a3.5 3.5 0 0 1-5-5L6 9',
  next: 'M7.5 4.5 13 10l-5.5 5.5',
  previous: 'M12.5 4.5 7 10l5.5 5.5',
  down: 'M4.5 7.5 10 13l5.5-5.5',
  logo: 'M2.5 2.5h15v15h-15ZM10 2.5v15M2.5 10H10M10 7.5h7.5M10 12.5h7.5M13.8 7.5v5',
} as const;

export type IconName = keyof typeof outlines;

export function Icon({ name, class: extra }: { name: IconName; class?: string }) {
  return (
    <svg
      class={`icon icon-${name} ${extra ?? ''}`}
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={outlines[name]} />
    </svg>
  );
}
