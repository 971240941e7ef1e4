// Name, picture, colour, links and message of an organization, with what they look like beside them.
import { useQueryClient } from "@tanstack/react-query";
import { ImageUp, Plus, X } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import { lookQuery } from "../../../api/look";
import type { OrganizationLook } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";
import { admin } from "../../../messages/en/admin";
import { organizationSettings as m } from "../../../messages/en/tenants";
import { Button, IconButton } from "../../../ui/Button";
import { Field, Input, TextArea, TextField } from "../../../ui/Field";
import { ErrorPanel, Section } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { Unsaved } from "../../../ui/Unsaved";
import { withError } from "../../../ui/with-error";
import { FileChoice } from "../../studio/import/FileChoice";
import { LookPreview, useLookPreview } from "./LookPreview";
import { readLogo } from "./logo";
import type { SectionProps } from "./sections";

const LINKS_MAX = 8;
/** What the colour picker shows before one was chosen: the console's own. */
const OWN_ACCENT = "#5548c8";

export function LookSection({ organization, mayChange }: SectionProps) {
  const stored = organization.spec.look ?? {};
  const [look, setLook] = useState<OrganizationLook>(stored);
  const [tooLarge, setTooLarge] = useState<string>();
  const client = useQueryClient();
  const update = useUpdate("Organization");
  const settled = useDebounced(look, 300);
  const org = organization.metadata.name;
  const preview = useLookPreview(org, settled, mayChange);
  // What the rehearsal says is at the field while one types; what saving says, until one changes something.
  const error = preview.error instanceof ApiError ? preview.error : update.error instanceof ApiError ? update.error : undefined;
  const at = (path: string) => withError(error?.field(`spec.look.${path}`));
  const set = (patch: OrganizationLook) => setLook({ ...look, ...patch });
  const links = look.links ?? [];
  const setLink = (index: number, patch: { title?: string; url?: string }) => set({ links: links.map((link, i) => (i === index ? { ...link, ...patch } : link)) });
  const changed = JSON.stringify(look) !== JSON.stringify(stored);
  const logoError = tooLarge ?? error?.field("spec.look.logo.svg") ?? error?.field("spec.look.logo.png") ?? error?.field("spec.look.logo");
  return (
    <Section id="look" title={m.look} description={m.lookText}>
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <form
        className="flex min-w-0 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(
            { object: organization, spec: { ...organization.spec, look } },
            {
              onSuccess: (saved) => {
                setLook(saved.spec.look ?? {});
                toast(admin.common.saved);
                void client.invalidateQueries({ queryKey: lookQuery(org).queryKey });
              },
            },
          );
        }}
      >
        <Unsaved when={changed && !update.isPending} />
        <TextField label={m.name} help={m.nameHelp} optional value={look.name ?? ""} onChange={(name) => set({ name })} {...at("name")} />
        <div className="flex flex-col gap-2">
          <FileChoice
            label={look.logo ? m.logoOther : m.logoChoose}
            help={m.logoHelp}
            icon={<ImageUp size={16} aria-hidden />}
            accept=".svg,.png,image/svg+xml,image/png"
            onFiles={([file]) => {
              if (!file) return;
              void readLogo(file).then((read) => {
                setTooLarge("problem" in read ? read.problem : undefined);
                if ("logo" in read) setLook((now) => ({ ...now, logo: read.logo }));
              });
            }}
          />
          {look.logo && (
            <div>
              <Button
                size="small"
                variant="quiet-danger"
                icon={<X size={14} aria-hidden />}
                onClick={() => {
                  const { logo: _, ...rest } = look;
                  setTooLarge(undefined);
                  setLook(rest);
                }}
              >
                {m.logoRemove}
              </Button>
            </div>
          )}
          {logoError && (
            <p role="alert" className="text-failed">
              {logoError}
            </p>
          )}
          {(preview.data?.left_out.length ?? 0) > 0 && <p className="text-muted">{m.leftOut(preview.data?.left_out.join("; ") ?? "")}</p>}
        </div>
        <Field label={m.accent} help={m.accentHelp} optional {...at("accent")}>
          {(control) => (
            <div className="flex items-center gap-2">
              <input
                type="color"
                aria-label={m.accentPick}
                value={/^#[0-9a-f]{6}$/i.test(look.accent ?? "") ? look.accent : OWN_ACCENT}
                onChange={(event) => set({ accent: event.target.value })}
                className="h-8 w-12 shrink-0 rounded-md border border-line-strong/70 bg-raised p-0.5"
              />
              <Input {...control} value={look.accent ?? ""} onChange={(event) => set({ accent: event.target.value.trim() })} placeholder="#rrggbb" maxLength={7} spellCheck={false} className="max-w-28 font-mono" />
            </div>
          )}
        </Field>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-medium">{m.links}</legend>
          {links.map((link, index) => (
            <div key={index} className="flex flex-wrap items-start gap-2">
              <TextField label={m.linkTitle(index + 1)} value={link.title} onChange={(title) => setLink(index, { title })} className="min-w-32 flex-1" {...at(`links.${index}.title`)} />
              <TextField label={m.linkUrl(index + 1)} value={link.url} onChange={(url) => setLink(index, { url })} className="min-w-48 flex-[2]" input={{ inputMode: "url", spellCheck: false }} {...at(`links.${index}.url`)} />
              <IconButton label={m.linkRemove(index + 1)} className="mt-6" onClick={() => set({ links: links.filter((_, i) => i !== index) })}>
                <X size={16} aria-hidden />
              </IconButton>
            </div>
          ))}
          {links.length < LINKS_MAX && (
            <div>
              <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => set({ links: [...links, { title: "", url: "" }] })}>
                {m.linkAdd}
              </Button>
            </div>
          )}
        </fieldset>
        <Field label={m.message} help={m.messageHelp} optional {...at("message")}>
          {(control) => <TextArea {...control} rows={4} value={look.message ?? ""} onChange={(event) => set({ message: event.target.value })} />}
        </Field>
        {update.error && <ErrorPanel error={update.error} />}
        <div>
          <Button type="submit" variant="primary" disabled={!changed || !mayChange} busy={update.isPending}>
            {admin.common.save}
          </Button>
        </div>
      </form>
      <LookPreview org={org} look={preview.data?.look} />
    </div>
    </Section>
  );
}
