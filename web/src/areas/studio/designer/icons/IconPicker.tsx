// The icon of a card: one of the shipped drawings, or one that the organization uploaded.
import { Images, Upload } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useAll } from "../../../../api/all";
import { usePermissions } from "../../../../api/session";
import { designer } from "../../../../messages/en/designer";
import { Button } from "../../../../ui/Button";
import { FieldError } from "../../../../ui/Field";
import { ProfileIcon, UPLOADED, UploadedPicture } from "../../../../ui/ProfileIcon";
import { cx } from "../../../../ui/cx";
import { bodyOf } from "../../system/body";
import { IconDialog } from "./IconDialog";
import { pictureOf, useIcons } from "./icons";

const m = designer.card;
const words = designer.icons;

export interface IconPickerProps {
  org: string;
  value: string;
  onChange: (icon: string) => void;
  disabled: boolean;
  error?: string;
}

export function IconPicker({ org, value, onChange, disabled, error }: IconPickerProps) {
  const shipped = useAll("SystemProfile", {}, { sort: "name" });
  const uploaded = useIcons(org);
  const { can } = usePermissions({ org });
  const [open, setOpen] = useState(false);
  const id = useId();
  const own = (uploaded.items ?? []).map((icon) => `${UPLOADED}${icon.metadata.name}`);
  const drawings = new Set(["", ...(shipped.items ?? []).map((profile) => bodyOf(profile)?.card.icon ?? "")]);
  // What is chosen stands there even while the lists are read, or when it is gone.
  if (!own.includes(value)) drawings.add(value);
  const mayUpload = can("icon.create") || can("icon.delete");
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" disabled={disabled} aria-describedby={error ? id : undefined}>
      <legend className="mb-1 font-medium">{m.icon}</legend>
      <div className="flex flex-wrap gap-1.5">
        {[...drawings].map((icon) => (
          <Choice key={icon} icon={icon} label={icon || m.noIcon} chosen={icon === value} onChoose={onChange}>
            <ProfileIcon name={icon || undefined} org={org} />
          </Choice>
        ))}
        {uploaded.items?.map((icon) => {
          const name = `${UPLOADED}${icon.metadata.name}`;
          return (
            <Choice key={name} icon={name} label={words.uploaded(icon.metadata.display_name || icon.metadata.name)} chosen={name === value} onChoose={onChange}>
              <UploadedPicture url={pictureOf(icon.spec)} />
            </Choice>
          );
        })}
      </div>
      <FieldError id={id} message={error} />
      {mayUpload && !disabled && (
        <Button className="self-start" icon={own.length > 0 ? <Images size={16} aria-hidden /> : <Upload size={16} aria-hidden />} onClick={() => setOpen(true)}>
          {own.length > 0 ? words.manage : words.upload}
        </Button>
      )}
      {open && (
        <IconDialog
          org={org}
          icons={uploaded.items ?? []}
          onClose={() => setOpen(false)}
          onUse={(name) => {
            onChange(`${UPLOADED}${name}`);
            setOpen(false);
          }}
        />
      )}
    </fieldset>
  );
}

function Choice({ icon, label, chosen, onChoose, children }: { icon: string; label: string; chosen: boolean; onChoose: (icon: string) => void; children: ReactNode }) {
  return (
    <label
      title={label}
      className={cx("rounded-md border-2 p-0.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent", chosen ? "border-accent" : "border-transparent hover:border-line")}
    >
      <input type="radio" name="designer-icon" checked={chosen} onChange={() => onChoose(icon)} className="sr-only" aria-label={label} />
      {children}
    </label>
  );
}
