// The card's longer words. Markdown is shown as the text it is: never as markup somebody else wrote.
import { hub } from "../../../messages/en/hub";
import { PlainMarkdown } from "../../../ui/PlainMarkdown";

export function Documentation({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <details className="rounded-md border border-line px-4 py-3">
      <summary className="font-medium">{hub.launch.documentation}</summary>
      <div className="mt-3">
        <PlainMarkdown text={text} />
      </div>
    </details>
  );
}
