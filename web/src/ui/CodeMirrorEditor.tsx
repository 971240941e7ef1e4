// CodeMirror for YAML. It lives in a shadow root, where it uses adopted style sheets: a <style> element would be refused.
import { type CompletionContext, type CompletionResult, autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, hoverTooltip, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { useStable } from "../lib/hooks";
import type { Assist } from "./editor-assist";

export interface Mark {
  /** From 1. */
  line: number;
  message: string;
  /** The very letters; the whole line where absent. */
  from?: number;
  to?: number;
}

export interface CodeEditorProps {
  value: string;
  onChange?: (value: string) => void;
  label: string;
  readOnly?: boolean;
  marks?: Mark[];
  assist?: Assist | undefined;
  /** Hears where the cursor stands. */
  onCursor?: (at: number) => void;
}

const THEME = EditorView.theme({
  "&": { backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "13px", maxHeight: "56dvh" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "var(--shadow-float)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--accent-ink)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "320px", whiteSpace: "pre-wrap" },
  ".cm-explain": { padding: "6px 10px", maxWidth: "420px", whiteSpace: "pre-wrap" },
  ".cm-explain strong": { display: "block", fontWeight: "600" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", color: "var(--muted)", border: "none", padding: "0 4px" },
});

const COLOURS = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-ink)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--running)" },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--working)" },
    { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  ]),
);

function diagnosticsOf(state: EditorState, marks: Mark[]): Diagnostic[] {
  const { length } = state.doc;
  return marks.map(({ line, message, from, to }) => {
    if (from !== undefined && to !== undefined) return { from: Math.min(from, length), to: Math.min(Math.max(to, from), length), severity: "error", message };
    const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
    return { from: at.from, to: at.to, severity: "error", message };
  });
}

function completionsOf(assist: Assist | undefined, context: CompletionContext): CompletionResult | null {
  if (context.state.readOnly) return null;
  const found = assist?.complete(context.state.doc.toString(), context.pos);
  if (!found || found.options.length === 0) return null;
  // Unasked only once a word has begun.
  if (!context.explicit && found.from === context.pos) return null;
  return {
    from: found.from,
    options: found.options.map(({ label, detail, info, insert, first }) => ({
      label,
      detail,
      ...(info ? { info } : {}),
      ...(first ? { boost: 10 } : {}),
      apply: (view, _completion, from, to) => {
        view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.complete" });
        // After a name comes its value: what may stand there is offered at once.
        if (insert !== label) startCompletion(view);
      },
    })),
    validFor: /^[\w-]*$/,
  };
}

function explanation(assist: Assist | undefined, text: string, at: number) {
  const found = assist?.explain(text, at);
  if (!found || at < found.from || at > found.to) return null;
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-explain";
      const title = document.createElement("strong");
      title.textContent = found.title;
      dom.append(title, found.text);
      return { dom };
    },
  };
}

export default function CodeMirrorEditor({ value, onChange, label, readOnly = false, marks, assist, onCursor }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const mode = useRef(new Compartment());
  /** Texts told to the outside that have not come back yet. */
  const typed = useRef<string[]>([]);
  const changed = useStable((text: string) => onChange?.(text));
  const moved = useStable((at: number) => onCursor?.(at));
  const complete = useStable((context: CompletionContext) => completionsOf(assist, context));
  const explain = useStable((text: string, at: number) => explanation(assist, text, at));
  const first = useRef({ value, label, readOnly });

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const { label: name, ...start } = first.current;
    const editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          indentUnit.of("  "),
          yaml(),
          COLOURS,
          THEME,
          // Escape and then Tab leaves the editor, as CodeMirror documents for keyboards.
          autocompletion({ override: [complete], icons: false }),
          hoverTooltip((editorView, at) => explain(editorView.state.doc.toString(), at)),
          // Within the window, not within the page: the list must not be cut off at the editor's edge.
          tooltips({ position: "fixed" }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ "aria-label": name, tabindex: "0" }),
          mode.current.of([EditorState.readOnly.of(start.readOnly), EditorView.editable.of(true)]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              const text = update.state.doc.toString();
              typed.current.push(text);
              changed(text);
            }
            if (update.selectionSet || update.docChanged) moved(update.state.selection.main.head);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, [changed, moved, complete, explain]);

  useEffect(() => {
    const editor = view.current;
    // What was typed comes back as the value later, when more may have been typed already: only a text from elsewhere replaces it.
    const own = typed.current.indexOf(value);
    typed.current.splice(0, own === -1 ? typed.current.length : own + 1);
    if (own === -1 && editor && editor.state.doc.toString() !== value) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: mode.current.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(true)]) });
  }, [readOnly]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, marks ?? [])));
  }, [marks]);
  return <div ref={host} className="overflow-hidden rounded-md border border-line" />;
}
