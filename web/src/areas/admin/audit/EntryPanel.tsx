// One entry in full, with what changed.
import type { AuditEntry } from "../../../api/types";
import { formatExact } from "../../../lib/format";
import { toYaml } from "../../../lib/yaml";
import { admin as m } from "../../../messages/en/admin";
import { CopyButton } from "../../../ui/CopyButton";
import { KeyValue } from "../../../ui/KeyValue";
import { LineDiff } from "../../../ui/LineDiff";
import { SidePanel } from "../../../ui/SidePanel";
import { StateBadge } from "../../../ui/StateBadge";
import { EntryObject } from "./EntryObject";
import { actionWords } from "./entries";

export function Outcome({ entry }: { entry: AuditEntry }) {
  return <StateBadge tone={entry.outcome === "allowed" ? "running" : "failed"}>{m.audit.outcomes[entry.outcome]}</StateBadge>;
}

export function EntryPanel({ entry, onClose }: { entry: AuditEntry | undefined; onClose: () => void }) {
  return (
    <SidePanel open={entry !== undefined} onClose={onClose} title={entry ? actionWords(entry.action) : ""}>
      {entry && (
        <>
          <KeyValue
            entries={[
              { label: m.audit.who, value: entry.actor },
              entry.on_behalf_of ? { label: m.audit.onBehalfOf, value: entry.on_behalf_of } : null,
              { label: m.audit.what, value: <code>{entry.action}</code> },
              { label: m.audit.object, value: <EntryObject entry={entry} /> },
              { label: m.audit.when, value: formatExact(entry.at) },
              { label: m.audit.outcome, value: <Outcome entry={entry} /> },
              entry.address ? { label: m.audit.address, value: <code>{entry.address}</code> } : null,
              entry.request_id ? { label: m.audit.request, value: <Copyable text={entry.request_id} /> } : null,
              { label: m.audit.sequence, value: `${entry.org || m.bindings.platform} · ${entry.sequence}` },
              { label: m.audit.hash, value: <Copyable text={entry.hash} /> },
            ]}
          />
          <section className="flex flex-col gap-2">
            <h3 className="font-semibold">{m.audit.diff}</h3>
            <LineDiff before={yaml(entry.before)} after={yaml(entry.after)} label={m.audit.diff} equal={m.audit.noChange} />
          </section>
        </>
      )}
    </SidePanel>
  );
}

function yaml(value: AuditEntry["before"]): string {
  return value === undefined || value === null ? "" : toYaml(value as never).trimEnd();
}

function Copyable({ text }: { text: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 break-all">{text}</code>
      <CopyButton text={text} />
    </span>
  );
}
