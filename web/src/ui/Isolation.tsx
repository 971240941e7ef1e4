// How an instance is kept apart, said plainly: the short word first, the rest one click away.
export function Isolation({ text }: { text: string }) {
  const colon = text.indexOf(":");
  if (colon === -1 || text.length < 60) return <>{text}</>;
  const rest = text.slice(colon + 1).trim();
  return (
    <details>
      <summary>{text.slice(0, colon)}</summary>
      <p className="mt-1 text-12 text-muted">{rest.charAt(0).toUpperCase() + rest.slice(1)}</p>
    </details>
  );
}
