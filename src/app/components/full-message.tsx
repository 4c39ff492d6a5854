/** The whole page is one message: the link could not be read, or the page could not start. Both lead on. */
interface Props {
  readonly title: string;
  readonly lines: readonly string[];
}

export function FullMessage({ title, lines }: Props) {
  return (
    <main class="full-message">
      <div role="alert">
        <h1>{title}</h1>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <a class="button primary large" href={location.pathname}>
        Start a new network
      </a>
    </main>
  );
}
