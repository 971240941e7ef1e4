// One choice from a long list, found by typing.
import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ControlProps } from "./Field";
import { CONTROL } from "./Field";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

export interface Option {
  value: string;
  label: string;
  help?: string;
}

export function Combobox({
  options,
  value,
  onChange,
  control,
  label,
  placeholder,
  disabled,
}: {
  options: Option[];
  value: string | null;
  onChange: (value: string | null) => void;
  control?: ControlProps;
  label?: string;
  placeholder?: string;
  disabled?: boolean;
}) {
  const selected = options.find((option) => option.value === value) ?? null;
  return (
    <Base.Root
      items={options}
      value={selected}
      disabled={disabled ?? false}
      onValueChange={(option: Option | null) => onChange(option?.value ?? null)}
      isItemEqualToValue={(a: Option, b: Option) => a.value === b.value}
    >
      <div className="relative">
        <Base.Input {...control} aria-label={control ? undefined : label} placeholder={placeholder} className={cx(CONTROL, "h-8 pr-8")} />
        <Base.Trigger aria-label={m.showOptions} className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-muted">
          <ChevronsUpDown size={14} aria-hidden />
        </Base.Trigger>
      </div>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="max-h-80 w-(--anchor-width) min-w-56 overflow-auto rounded-md border border-line bg-raised p-1 shadow-float">
            <Base.Empty className="px-2 py-1.5 text-muted empty:hidden">{m.nothingMatches}</Base.Empty>
            <Base.List>
              {(option: Option) => (
                <Base.Item
                  key={option.value}
                  value={option}
                  className="grid cursor-pointer grid-cols-[16px_1fr] items-start gap-2 rounded-sm px-2 py-1.5 data-highlighted:bg-hover"
                >
                  <Base.ItemIndicator className="col-start-1 pt-0.5">
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                  <span className="col-start-2">
                    {option.label}
                    {option.help && <span className="block text-12 text-muted">{option.help}</span>}
                  </span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
