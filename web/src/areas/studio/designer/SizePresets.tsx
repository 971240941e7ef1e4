// Small, medium, large: a size with one press, to be changed afterwards.
import { formatBytes } from "../../../lib/format";
import { designer } from "../../../messages/en/designer";
import { cx } from "../../../ui/cx";
import { SIZES } from "./sizes";

const m = designer.environment;

export interface SizePresetsProps {
  cores: number | undefined;
  memory: number | undefined;
  onChoose: (cores: number, memory: number) => void;
  disabled: boolean;
}

export function SizePresets({ cores, memory, onChoose, disabled }: SizePresetsProps) {
  return (
    <div role="group" aria-label={m.usualSizes} className="flex flex-wrap gap-2">
      {SIZES.map((size) => {
        const chosen = size.cores === cores && size.memory === memory;
        return (
          <button
            key={size.name}
            type="button"
            aria-pressed={chosen}
            disabled={disabled}
            onClick={() => onChoose(size.cores, size.memory)}
            className={cx("rounded-md border px-3 py-1.5 text-left disabled:opacity-60", chosen ? "border-accent bg-accent-soft" : "border-line-strong/60 hover:not-disabled:bg-hover")}
          >
            <span className="block font-medium">{m.sizes[size.name]}</span>
            <span className="block text-12 text-muted">{m.sizeOf(size.cores, formatBytes(size.memory))}</span>
          </button>
        );
      })}
    </div>
  );
}
