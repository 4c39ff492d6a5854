/** The page's few pictograms, drawn on a 16 px grid with the text's colour. Decorative: the control's name says it. */
const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7Z',
  graph:
    'M4 3.5a1.5 1.5 0 1 1 0 .1M12 4.5a1.5 1.5 0 1 1 0 .1M7 12.5a1.5 1.5 0 1 1 0 .1M5.3 4l5.2 1M4.6 5l3 6M11.2 6l-3 5.2',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  file: 'M4 1.5h5.5l3 3v10H4zM9.5 1.5v3h3',
  folder: 'M1.5 12.5v-9h4.5l1.5 2h7v7z',
  play: 'M4.5 2.5v11l9-5.5z',
  pause: 'M5.5 3v10M10.5 3v10',
  stop: 'M4 4h8v8H4z',
  more: 'M8 3.2v.1M8 8v.1M8 12.8v.1',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6.5',
  redo: 'M10.5 3l3 3-3 3M13.5 6H6a3.5 3.5 0 0 0 0 7h3.5',
  swap: 'M2 5.5h11L10.5 3M14 10.5H3L5.5 13',
  camera: 'M1.5 4.5h8v7h-8zM9.5 7l5-2v6l-5-2',
  target: 'M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM8 1v4M8 11v4M1 8h4M11 8h4',
  chevron: 'M4 6.5 8 10.5l4-4',
  compare: 'M8 2v12M6 4H2v8h4M10 4h4v8h-4',
  chat: 'M2.5 3h11v8H7l-3 2.5V11H2.5z',
  pin: 'M8 14.5C5 11 3.5 8.8 3.5 6.5a4.5 4.5 0 0 1 9 0C12.5 8.8 11 11 8 14.5ZM8 6.5v.1',
  link: 'M7 9a3 3 0 0 0 4.2 0l2-2A3 3 0 0 0 9 2.8l-1 1M9 7a3 3 0 0 0-4.2 0l-2 2A3 3 0 0 0 7 13.2l1-1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
