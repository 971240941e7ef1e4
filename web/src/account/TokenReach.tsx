// What a token is limited to: permissions and places.
import { X } from "lucide-react";
import { useAll } from "../api/all";
import { PermissionPicker } from "../areas/admin/access/PermissionPicker";
import { PERMISSIONS } from "../areas/admin/access/permissions";
import { session } from "../messages/en/session";
import { IconButton } from "../ui/Button";
import { Combobox } from "../ui/Combobox";
import { FieldError, SelectField } from "../ui/Field";

const m = session.account;

export interface Reach {
  /** Absent: everything its owner may. */
  scopes?: string[];
  /** Absent: everywhere. */
  places?: string[];
}

/** Nothing was chosen where something is to be. */
export function isIncomplete(reach: Reach): boolean {
  return reach.scopes?.length === 0 || reach.places?.length === 0;
}

export function TokenReach({ reach, onChange, error }: { reach: Reach; onChange: (reach: Reach) => void; error?: string | undefined }) {
  const orgs = useAll("Organization", {});
  const projects = useAll("Project", {});
  const places = [
    ...(orgs.items ?? []).map((org) => ({ value: `/${org.metadata.name}`, label: `/${org.metadata.name}` })),
    ...(projects.items ?? []).map((project) => {
      const key = `/${project.metadata.org ?? ""}/${project.metadata.name}`;
      return { value: key, label: key };
    }),
  ].sort((one, other) => one.value.localeCompare(other.value));
  const chosen = reach.places ?? [];
  return (
    <>
      <SelectField
        label={m.reach}
        help={m.reachHelp}
        value={reach.scopes ? "some" : "all"}
        onChange={(value) => onChange({ ...reach, scopes: value === "some" ? [] : undefined } as Reach)}
        options={[
          { value: "all", label: m.reachAll },
          { value: "some", label: m.reachSome },
        ]}
      />
      {reach.scopes && <PermissionPicker offered={PERMISSIONS} chosen={reach.scopes} onChange={(scopes) => onChange({ ...reach, scopes })} />}
      <SelectField
        label={m.where}
        value={reach.places ? "some" : "all"}
        onChange={(value) => onChange({ ...reach, places: value === "some" ? [] : undefined } as Reach)}
        options={[
          { value: "all", label: m.whereAll },
          { value: "some", label: m.whereSome },
        ]}
      />
      {reach.places && (
        <div className="flex flex-col gap-2">
          {chosen.length > 0 && (
            <ul className="flex flex-wrap gap-2">
              {chosen.map((place) => (
                <li key={place} className="flex items-center gap-1 rounded-md border border-line px-2 py-0.5">
                  <code>{place}</code>
                  <IconButton size="small" label={m.placeRemove(place)} onClick={() => onChange({ ...reach, places: chosen.filter((one) => one !== place) })}>
                    <X size={14} aria-hidden />
                  </IconButton>
                </li>
              ))}
            </ul>
          )}
          <Combobox
            key={chosen.length}
            label={m.addPlace}
            placeholder={m.addPlace}
            value={null}
            options={places.filter((one) => !chosen.includes(one.value))}
            onChange={(place) => place && onChange({ ...reach, places: [...chosen, place] })}
          />
          <FieldError message={error} />
        </div>
      )}
    </>
  );
}
