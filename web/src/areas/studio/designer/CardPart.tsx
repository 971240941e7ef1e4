// How the profile looks in the catalogue.
import { useState } from "react";
import { useAll } from "../../../api/all";
import type { Card } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { Field, Input, TextArea, TextField } from "../../../ui/Field";
import { Markdown } from "../../../ui/Markdown";
import { Segmented } from "../../../ui/Tabs";
import { NameFields, type useNameFields } from "../../admin/NameFields";
import { bodyOf } from "../system/body";
import { IconPicker } from "./icons/IconPicker";
import { at, useDesigner } from "./context";

const m = designer.card;

export function CardPart({ names }: { names: ReturnType<typeof useNameFields> }) {
  const { draft, setDraft, setSpec, profile, scope, readOnly, errorAt } = useDesigner();
  const card = draft.spec.card;
  const set = (patch: Partial<Card>) => setSpec({ card: { ...card, ...patch } });
  const [tags, setTags] = useState((card.tags ?? []).join(", "));
  const [view, setView] = useState<"write" | "read">("write");
  const categories = useCategories();
  return (
    <div className="flex max-w-2xl flex-col gap-5">
      {profile ? (
        <TextField label={m.title} required help={m.titleHelp} value={draft.title} onChange={(title) => setDraft({ ...draft, title })} {...at(errorAt("metadata.display_name"))} input={{ readOnly }} />
      ) : (
        <NameFields fields={names} error={errorAt("metadata.name")} titleLabel={m.title} />
      )}
      <TextField label={m.description} help={m.descriptionHelp} value={draft.description} onChange={(description) => setDraft({ ...draft, description })} {...at(errorAt("metadata.description"))} input={{ readOnly }} />
      <IconPicker org={scope.org} value={card.icon ?? ""} onChange={(icon) => set({ icon })} disabled={readOnly} {...at(errorAt("spec.card.icon"))} />
      <Field label={m.category} help={m.categoryHelp} {...at(errorAt("spec.card.category"))}>
        {(control) => (
          <>
            <Input {...control} value={card.category ?? ""} list="designer-categories" readOnly={readOnly} onChange={(event) => set({ category: event.target.value })} className="max-w-72" />
            <datalist id="designer-categories">
              {categories.map((category) => (
                <option key={category} value={category} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <TextField
        label={m.tags}
        help={m.tagsHelp}
        value={tags}
        onChange={(text) => {
          setTags(text);
          set({ tags: text.split(",").map((tag) => tag.trim()).filter(Boolean) });
        }}
        {...at(errorAt("spec.card.tags"))}
        input={{ readOnly }}
      />
      <TextField
        label={m.page}
        help={m.pageHelp}
        value={card.documentation_url ?? ""}
        onChange={(documentation_url) => set({ documentation_url })}
        {...at(errorAt("spec.card.documentation_url"))}
        input={{ readOnly, type: "url", inputMode: "url", placeholder: "https://" }}
      />
      <Field
        label={m.documentation}
        help={m.documentationHelp}
        {...at(errorAt("spec.card.documentation"))}
        aside={<Segmented label={m.show} value={view} onChange={setView} options={[{ value: "write", label: m.write }, { value: "read", label: m.read }]} />}
      >
        {(control) =>
          view === "write" ? (
            <TextArea {...control} rows={12} readOnly={readOnly} value={card.documentation ?? ""} onChange={(event) => set({ documentation: event.target.value })} className="font-mono text-12" />
          ) : (
            <div id={control.id} className="min-h-40 rounded-md border border-line px-3 py-2">
              {card.documentation ? <Markdown text={card.documentation} /> : <p className="text-muted">{m.nothing}</p>}
            </div>
          )
        }
      </Field>
    </div>
  );
}

function useCategories(): string[] {
  const shipped = useAll("SystemProfile", {}, { sort: "name" });
  return [...new Set((shipped.items ?? []).map((profile) => bodyOf(profile)?.card.category ?? "").filter(Boolean))].sort();
}
