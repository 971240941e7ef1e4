import { Link } from "@tanstack/react-router";
import { useTitle } from "../lib/hooks";
import { frame as m } from "../messages/en/frame";
import { buttonClass } from "../ui/Button";
import { EmptyState, PageBody } from "../ui/Page";

export function NotFound() {
  useTitle(m.notFound.title);
  return (
    <PageBody>
      <EmptyState
        title={m.notFound.title}
        action={
          <Link to="/" className={buttonClass("primary")}>
            {m.notFound.action}
          </Link>
        }
      >
        {m.notFound.text}
      </EmptyState>
    </PageBody>
  );
}
