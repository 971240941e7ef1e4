// Asks the server about the form while people type: what shows, what is wrong, what it would cost.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { request } from "../../../api/client";
import { itemPath } from "../../../api/kinds";
import type { FormAnswer, FormRequest, Scope } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";

const PAUSE_MS = 250;

/** Given as `select` so that parts that did not change stay the same objects, and rows made of them are not drawn anew. */
const unchanged = (answer: FormAnswer) => answer;

export function useFormAnswer(kind: "ComputeProfile" | "ServiceProfile", scope: Scope, name: string, home: string | undefined, body: FormRequest) {
  // Compared as text: the body is a new object on every keystroke and render.
  const text = JSON.stringify(body);
  const settled = useDebounced(text, PAUSE_MS);
  const ask = (given: string, signal?: AbortSignal) =>
    request<FormAnswer>("POST", `${itemPath(kind, scope, name)}/form`, {
      ...(home ? { query: { home } } : {}),
      body: JSON.parse(given) as FormRequest,
      ...(signal ? { signal } : {}),
    });
  const query = useQuery({
    queryKey: ["form", kind, scope.org, scope.project, home, name, settled],
    queryFn: ({ signal }) => ask(settled, signal),
    placeholderData: keepPreviousData,
    select: unchanged,
    // Answers hold what people typed: do not keep them longer than the page.
    gcTime: 0,
    refetchInterval: 20_000,
  });
  const isBehind = text !== settled || query.isPlaceholderData;
  /** The answer about what stands in the form now, for whoever launches faster than the pause. */
  const current = async () => (isBehind || !query.data ? ask(text) : query.data);
  return { ...query, isBehind, current };
}
