// The text of a template while it is edited: read, checked against the schema at once and against the server when typing rests.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "../../../../api/client";
import { ApiError } from "../../../../api/error";
import type { FieldError } from "../../../../api/types";
import { type Schema, SchemaBook } from "../../../../lib/json-schema";
import { useDebounced } from "../../../../lib/hooks";
import type { Mark } from "../../../../ui/CodeMirrorEditor";
import { type Parsed, type TemplateText, marksOf, readTemplate } from "../document";
import { TEMPLATE_SCHEMA } from "./assist";

const REST_MILLISECONDS = 400;

/** The schemas of the very server one works with. */
export function useTemplateBook(): SchemaBook | undefined {
  const query = useQuery({
    queryKey: ["openapi"],
    queryFn: () => api.get<{ components: { schemas: Record<string, Schema> } }>("/openapi.json"),
    staleTime: Infinity,
  });
  return useMemo(() => query.data && new SchemaBook(query.data.components.schemas, TEMPLATE_SCHEMA), [query.data]);
}

export interface EditedText {
  text: string;
  setText: (text: string) => void;
  reset: () => void;
  dirty: boolean;
  parsed: Parsed;
  marks: Mark[];
  /** The server's words about fields, as of when typing last rested. */
  errors: FieldError[];
  /** What the server says that belongs to no field. */
  error: unknown;
  state: "checking" | "accepted" | "refused";
}

export type SendTemplate = (template: TemplateText, dryRun: boolean) => Promise<unknown>;

export function useEditedText(start: string, send: SendTemplate, book: SchemaBook | undefined, enabled = true): EditedText {
  const [text, setText] = useState(start);
  const parsed = useMemo(() => readTemplate(text, book), [text, book]);
  const rested = useDebounced(text, REST_MILLISECONDS);
  const check = useQuery({
    // The text it was made from belongs to the key: a check against an older stored version says nothing about the newest.
    queryKey: ["template-check", start, rested],
    queryFn: async () => {
      const { template } = readTemplate(rested, book);
      if (!template) return { fields: [] as FieldError[], error: undefined };
      try {
        await send(template, true);
        return { fields: [], error: undefined };
      } catch (error) {
        // What a check finds is its answer.
        return error instanceof ApiError && error.fields.length > 0 ? { fields: error.fields, error: undefined } : { fields: [], error };
      }
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
    enabled: enabled && parsed.template !== undefined,
  });
  const errors = useMemo(() => (parsed.template ? (check.data?.fields ?? []) : []), [parsed, check.data]);
  const marks = useMemo(() => (parsed.template ? marksOf(text, errors) : parsed.problems), [parsed, errors, text]);
  const error = parsed.template ? check.data?.error : undefined;
  const current = rested === text && !check.isPlaceholderData && !check.isFetching && check.data !== undefined;
  const state = !parsed.template || errors.length > 0 || error ? "refused" : current ? "accepted" : "checking";
  return { text, setText, reset: () => setText(start), dirty: text !== start, parsed, marks, errors, error, state };
}
