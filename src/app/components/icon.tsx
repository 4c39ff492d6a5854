/** The page's few pictograms, drawn on a 16 px grid with the text's colour. Decorative: the control's name says it. */
const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3M2.500 5.500h8v8h-8z',
  check: 'M3 8.500 6.500 12 13 4.500',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: 'M8 5.200a2.800 2.800 0 1 1 0 5.600 2.800 2.800 0 0 1 0-5.600ZM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900 13 13M3 13l1.100-1.100M11.900 4.100 13 3',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a5.800 5.800 0 1 0 7 7Z',
  graph:
    'M4 3.500a1.500 1.500 0 1 1 0 .1M12 4.500a1.500 1.500 0 1 1 0 .1M7 12.500a1.500 1.500 0 1 1 0 .1M5.300 4l5.200 1M4.600 5l3 6M11.200 6l-3 5.200',
  download: 'M8 2v8M4.500 7 8 10.500 11.500 7M2.500 13.500h11',
  file: 'M4 1.500h5.500l3 3v10H4zM9.500 1.500v3h3',
  folder: 'M1.500 12.500v-9h4.500l1.500 2h7v7z',
  play: 'M4.500 2.500v11l9-5.500z',
  pause: 'M5.500 3v10M10.500 3v10',
  stop: 'M4 4h8v8H4z',
  more: 'M8 3.200v.1M8 8v.1M8 12.800v.1',
  undo: 'M5.500 3 2.500 6l3 3M2.500 6H10a3.500 3.500 0 0 1 0 7H6.500',
  redo: 'M10.500 3l3 3-3 3M13.500 6H6a3.500 3.500 0 0 0 0 7h3.500',
  swap: 'M2 5.500h11L10.500 3M14 10.500H3L5.500 13',
  camera: 'M1.500 4.500h8v7h-8zM9.500 7l5-2v6l-5-2',
  target: 'M8 3.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9ZM8 1v4M8 11v4M1 8h4M11 8h4',
  chevron: 'M4 6.500 8 10.500l4-4',
  compare: 'M8 2v12M6 4H2v8h4M10 4h4v8h-4',
  chat: 'M2.500 3h11v8H7l-3 2.500V11H2.500z',
  pin: 'M8 14.500C5 11 3.500 8.800 3.500 6.500a4.500 4.500 0 0 1 9 0C12.500 8.800 11 11 8 14.500ZM8 6.500v.1',
  link: 'M7 9a3 3 0 0 0 4.200 0l2-2A3 3 0 0 0 9 2.800l-1 1M9 7a3 3 0 0 0-4.200 0l-2 2A3 3 0 0 0 7 13.200l1-1',
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
