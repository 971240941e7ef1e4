// The catalogue's search and filters. A filter shows only where it tells cards apart, or is set.
import type { ReactNode } from "react";
import type { CatalogueCard } from "../../../api/types";
import { formatMoney } from "../../../lib/format";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { SearchInput, Select } from "../../../ui/Field";
import { Segmented } from "../../../ui/Tabs";
import { type CardFilter, filterOptions } from "./cards";

const m = hub.catalogue;

export interface CardFiltersProps {
  filter: CardFilter;
  cards: CatalogueCard[];
  setFilter: (change: CardFilter) => void;
  children?: ReactNode;
}

export function CardFilters({ filter, cards, setFilter, children }: CardFiltersProps) {
  const options = filterOptions(cards);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SearchInput label={m.search} value={filter.search ?? ""} onChange={(text) => setFilter({ search: text || undefined })} className="sm:max-w-60" />
      <Segmented
        label={m.kind}
        value={filter.kind ?? "all"}
        onChange={(kind) => setFilter({ kind: kind === "all" ? undefined : kind })}
        options={[
          { value: "all", label: m.kinds.all },
          { value: "services", label: m.kinds.services },
          { value: "compute", label: m.kinds.compute },
        ]}
      />
      <Choice label={m.category} value={filter.category} onChange={(category) => setFilter({ category })} all={m.allCategories} show={options.categories.length > 1} options={options.categories.map(plain)} />
      <Choice
        label={m.gpu}
        value={filter.gpu}
        onChange={(gpu) => setFilter({ gpu })}
        all={m.allGpus}
        show={options.hasGpus}
        options={[{ value: "any", label: m.withGpu }, { value: "none", label: m.withoutGpu }, ...options.gpuModels.map(plain)]}
      />
      <Choice label={m.target} value={filter.target} onChange={(target) => setFilter({ target })} all={m.allTargets} show={options.targets.length > 1} options={options.targets.map(plain)} />
      <Choice
        label={m.price}
        value={filter.price}
        onChange={(price) => setFilter({ price })}
        all={m.allPrices}
        show={options.prices.length > 0}
        options={options.prices.map((price) => ({ value: String(price), label: price === 0 ? ui.noPrice : m.upTo(ui.perHour(formatMoney(price, options.currency))) }))}
      />
      {children}
    </div>
  );
}

const plain = (word: string) => ({ value: word, label: word });

interface ChoiceProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  /** The words for no filter. */
  all: string;
  show: boolean;
  options: { value: string; label: string }[];
}

function Choice({ label, value, onChange, all, show, options }: ChoiceProps) {
  if (!show && value === undefined) return null;
  // A filter from a link is shown even where no card fits it, or nobody could see why the page is empty.
  const known = value === undefined || options.some((option) => option.value === value) ? options : [...options, plain(value)];
  return (
    <Select aria-label={label} value={value ?? ""} onChange={(event) => onChange(event.target.value || undefined)} className="max-w-40">
      <option value="">{all}</option>
      {known.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </Select>
  );
}
