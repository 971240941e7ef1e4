// Makes an identity provider, changes it, and asks it whether people can sign in with it.
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import { useCreate, useUpdate } from "../../../api/hooks";
import type { GroupMapping, IdentityProvider, IdentityProviderSpec } from "../../../api/types-providers";
import { rowName } from "../../../lib/rows";
import { admin } from "../../../messages/en/admin";
import { providers as m } from "../../../messages/en/providers";
import { ui } from "../../../messages/en/ui";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Checkbox, FieldError, Input, Select, SelectField, TextField } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { withError } from "../../../ui/with-error";
import { NameFields, useNameFields } from "../NameFields";
import { ProviderTest } from "./ProviderTest";
import { ScimToken } from "./ScimToken";

const EMPTY: IdentityProviderSpec = {
  issuer: "",
  client_id: "",
  client_secret: "",
  scopes: ["email", "profile"],
  claim_email: "email",
  claim_name: "name",
  claim_groups: "groups",
  group_mapping: [],
  just_in_time: false,
  domains: [],
  vouches_for_email: false,
};

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const mono = { className: "font-mono", spellCheck: false, autoComplete: "off" };

export function ProviderDialog({ org, provider, onClose }: { org: string; provider: IdentityProvider | undefined; onClose: () => void }) {
  const fields = useNameFields(provider?.metadata.display_name, provider?.metadata.name);
  const [spec, setSpec] = useState<IdentityProviderSpec>(provider?.spec ?? EMPTY);
  const [scopes, setScopes] = useState(spec.scopes.join(" "));
  const [domains, setDomains] = useState(spec.domains.join(" "));
  const groups = useAll("Group", { org }, { sort: "name" });
  const create = useCreate("IdentityProvider", { org });
  const update = useUpdate("IdentityProvider");
  const failure = create.error ?? update.error;
  const error = failure instanceof ApiError ? failure : undefined;
  const set = (patch: Partial<IdentityProviderSpec>) => setSpec({ ...spec, ...patch });
  const at = (path: keyof IdentityProviderSpec) => withError(error?.field(`spec.${path}`));
  const setMapping = (index: number, patch: Partial<GroupMapping>) =>
    set({ group_mapping: spec.group_mapping.map((one, i) => (i === index ? { ...one, ...patch } : one)) });
  const ok = fields.ok && spec.issuer !== "" && spec.client_id !== "" && spec.group_mapping.every((one) => one.value !== "" && one.group !== "");
  const done = () => {
    toast(admin.common.saved);
    onClose();
  };
  const submit = () => {
    if (!ok) return;
    const written = { ...spec, issuer: spec.issuer.trim(), scopes: words(scopes), domains: words(domains.toLowerCase()) };
    if (provider) update.mutate({ object: provider, metadata: { display_name: fields.title }, spec: written }, { onSuccess: done });
    else create.mutate({ metadata: { name: fields.name, display_name: fields.title }, spec: written }, { onSuccess: done });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={provider ? m.edit(rowName(provider)) : m.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={create.isPending || update.isPending}>
            {provider ? admin.common.save : admin.common.create}
          </Button>
        </>
      }
    >
      {provider ? <TextField label={admin.common.displayName} value={fields.title} onChange={fields.setTitle} /> : <NameFields fields={fields} error={error?.field("metadata.name")} />}
      <Notice>{m.warning}</Notice>
      <TextField label={m.issuer} required help={m.issuerHelp} value={spec.issuer} onChange={(issuer) => set({ issuer })} {...at("issuer")} input={{ ...mono, inputMode: "url" }} />
      <TextField label={m.clientId} required value={spec.client_id} onChange={(client_id) => set({ client_id })} {...at("client_id")} input={mono} />
      <TextField
        label={m.clientSecret}
        help={m.secretHelp}
        value={spec.client_secret}
        onChange={(client_secret) => set({ client_secret })}
        {...at("client_secret")}
        input={{ type: "password", autoComplete: "new-password", ...(provider?.status.has_client_secret ? { placeholder: m.secretKept } : {}) }}
      />
      <TextField label={m.domains} help={m.domainsHelp} value={domains} onChange={setDomains} {...at("domains")} input={mono} />
      <Checkbox label={m.justInTime} help={m.justInTimeHelp} checked={spec.just_in_time} onChange={(just_in_time) => set({ just_in_time })} />
      <Checkbox label={m.vouches} help={m.vouchesHelp} checked={spec.vouches_for_email} onChange={(vouches_for_email) => set({ vouches_for_email })} />
      <TextField label={m.scopes} help={m.scopesHelp} value={scopes} onChange={setScopes} {...at("scopes")} input={mono} />
      <SelectField
        label={m.prompt}
        value={spec.prompt ?? ""}
        onChange={(prompt) => set({ prompt })}
        options={Object.entries(m.prompts).map(([value, label]) => ({ value, label }))}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{m.claims}</legend>
        <div className="grid gap-2 sm:grid-cols-3">
          <TextField label={m.claimEmail} value={spec.claim_email} onChange={(claim_email) => set({ claim_email })} {...at("claim_email")} input={mono} />
          <TextField label={m.claimName} value={spec.claim_name} onChange={(claim_name) => set({ claim_name })} {...at("claim_name")} input={mono} />
          <TextField label={m.claimGroups} value={spec.claim_groups} onChange={(claim_groups) => set({ claim_groups })} {...at("claim_groups")} input={mono} />
        </div>
      </fieldset>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{m.mapping}</legend>
        <p className="text-12 text-muted">{m.mappingText}</p>
        {spec.group_mapping.map((one, index) => (
          <div key={index} className="flex flex-col gap-1">
            <div className="flex gap-2">
              <Input aria-label={m.value} placeholder={m.value} value={one.value} onChange={(event) => setMapping(index, { value: event.target.value })} className="font-mono" />
              <Select aria-label={m.group} value={one.group} onChange={(event) => setMapping(index, { group: event.target.value })}>
                <option value="">{m.group}</option>
                {(groups.items ?? []).map((group) => (
                  <option key={group.metadata.name} value={group.metadata.name}>
                    {rowName(group)}
                  </option>
                ))}
              </Select>
              <IconButton label={m.removeMapping(one.value || m.unnamed)} onClick={() => set({ group_mapping: spec.group_mapping.filter((_, i) => i !== index) })}>
                <X size={16} aria-hidden />
              </IconButton>
            </div>
            <FieldError message={error?.field(`spec.group_mapping.${index}`) ?? error?.field(`spec.group_mapping.${index}.value`) ?? error?.field(`spec.group_mapping.${index}.group`)} />
          </div>
        ))}
        <Button size="small" icon={<Plus size={14} aria-hidden />} className="self-start" onClick={() => set({ group_mapping: [...spec.group_mapping, { value: "", group: "" }] })}>
          {m.addMapping}
        </Button>
      </fieldset>
      {provider && <ProviderTest org={org} name={provider.metadata.name} />}
      {provider && <ScimToken org={org} name={provider.metadata.name} />}
      {failure && <ErrorPanel error={failure} />}
    </Dialog>
  );
}
