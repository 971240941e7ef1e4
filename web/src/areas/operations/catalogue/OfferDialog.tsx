// Offers shipped profiles to none, selected or all organizations.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { api } from "../../../api/client";
import { keys } from "../../../api/hooks";
import type { SystemOffer, SystemProfile } from "../../../api/types";
import { ui } from "../../../messages/en/ui";
import { offering as m } from "../../../messages/en/update";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Checkbox, SearchInput } from "../../../ui/Field";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../../lib/rows";

type To = "all" | "some" | "none";
const CHOICES: To[] = ["all", "some", "none"];
/** Longer lists get a search. */
const SEARCH_FROM = 8;
const toOf = (offer: SystemOffer | undefined): To => (!offer || offer.all_orgs ? "all" : (offer.orgs ?? []).length > 0 ? "some" : "none");

export function OfferDialog({ profiles, onClose }: { profiles: SystemProfile[]; onClose: () => void }) {
  const first = profiles[0]?.status.offer;
  const client = useQueryClient();
  const orgs = useAll("Organization", {}, { sort: "name" });
  const [to, setTo] = useState<To>(() => toOf(first));
  const [chosen, setChosen] = useState<string[]>(first?.orgs ?? []);
  const [search, setSearch] = useState("");
  const save = useMutation({
    mutationFn: async () => {
      const offer: SystemOffer = { all_orgs: to === "all", orgs: to === "some" ? chosen : [] };
      // One after another: where one is refused, those before it are done and the list shows it.
      for (const profile of profiles) await api.put(`/system-profiles/${encodeURIComponent(profile.metadata.name)}/offer`, offer);
    },
    onSuccess: () => {
      toast(m.saved);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.kind("SystemProfile") }),
  });
  const incomplete = to === "some" && chosen.length === 0;
  const needle = search.toLowerCase();
  const shown = orgs.items?.filter((org) => `${org.metadata.name} ${rowName(org)}`.toLowerCase().includes(needle));
  const title = profiles.length === 1 && profiles[0] ? m.changeOf(rowName(profiles[0])) : m.many(profiles.length);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={m.keep}
      onSubmit={() => !incomplete && save.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={incomplete} busy={save.isPending}>
            {m.save}
          </Button>
        </>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-medium">{m.choicesLabel}</legend>
        {CHOICES.map((choice) => (
          <label key={choice} className="flex gap-2">
            <input type="radio" name="offer-to" checked={to === choice} onChange={() => setTo(choice)} className="mt-0.5 size-4 accent-accent" />
            {m.choices[choice]}
          </label>
        ))}
      </fieldset>
      {to === "some" && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium">{m.orgs}</legend>
          {orgs.error && <ErrorPanel error={orgs.error} onRetry={orgs.refetch} />}
          {!orgs.items && !orgs.error && <Skeleton lines={3} />}
          {(orgs.items?.length ?? 0) >= SEARCH_FROM && <SearchInput value={search} onChange={setSearch} label={m.searchOrgs} />}
          {shown && (
            <ul className="flex max-h-56 flex-col gap-1.5 overflow-auto rounded-md border border-line px-3 py-2">
              {shown.length === 0 && <li className="text-muted">{ui.nothingMatches}</li>}
              {shown.map((org) => {
                const { name } = org.metadata;
                return (
                <li key={name}>
                  <Checkbox label={rowName(org)} checked={chosen.includes(name)} onChange={(on) => setChosen(on ? [...chosen, name] : chosen.filter((one) => one !== name))} />
                </li>
                );
              })}
            </ul>
          )}
          {incomplete && <p className="text-muted">{m.chooseOne}</p>}
        </fieldset>
      )}
      {save.error && <ErrorPanel error={save.error} />}
    </Dialog>
  );
}
