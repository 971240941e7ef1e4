// What the organization is called where people choose among several.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import { admin } from "../../../messages/en/admin";
import { organizationSettings as m } from "../../../messages/en/tenants";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import { ErrorPanel, Section } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { Unsaved } from "../../../ui/Unsaved";
import { withError } from "../../../ui/with-error";
import type { SectionProps } from "./sections";

export function General({ organization, mayChange }: SectionProps) {
  const { metadata, spec } = organization;
  const [title, setTitle] = useState(metadata.display_name ?? "");
  const [description, setDescription] = useState(metadata.description ?? "");
  const update = useUpdate("Organization");
  const error = update.error instanceof ApiError ? update.error : undefined;
  const changed = title !== (metadata.display_name ?? "") || description !== (metadata.description ?? "");
  return (
    <Section id="general" title={m.general}>
    <form
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ object: organization, metadata: { display_name: title, description }, spec }, { onSuccess: () => toast(admin.common.saved) });
      }}
    >
      <Unsaved when={changed && !update.isPending} />
      <TextField label={admin.common.displayName} value={title} onChange={setTitle} {...withError(error?.field("metadata.display_name"))} />
      <TextField label={admin.common.description} optional value={description} onChange={setDescription} {...withError(error?.field("metadata.description"))} />
      {update.error && <ErrorPanel error={update.error} />}
      <div>
        <Button type="submit" variant="primary" disabled={!changed || !mayChange} busy={update.isPending}>
          {admin.common.save}
        </Button>
      </div>
    </form>
    </Section>
  );
}
