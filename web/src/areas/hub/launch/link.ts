// The whole address of a launch page with answers filled in, for a message or a wiki page.
import type { AnyRouter } from "@tanstack/react-router";
import type { FormAnswer } from "../../../api/types";
import { paths } from "../../../lib/paths";
import type { LaunchDraft } from "./draft";
import { linkSearch } from "./start";

export function launchLink(router: AnyRouter, draft: LaunchDraft, answer: FormAnswer): string {
  const location = router.buildLocation({ to: paths.launch(draft.scope, draft.kind, draft.profile), search: linkSearch(draft, answer) } as never);
  return new URL(router.history.createHref(location.href), document.baseURI).toString();
}
