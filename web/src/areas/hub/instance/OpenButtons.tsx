// One button per endpoint. Each click asks for a one-time code and opens the endpoint's own origin in a new tab.
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { api } from "../../../api/client";
import { messageOf } from "../../../api/error";
import { itemPath, scopeOf } from "../../../api/kinds";
import { useMe } from "../../../api/session";
import type { ServiceInstance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { Button, type ButtonSize } from "../../../ui/Button";
import { toast } from "../../../ui/Toast";

export function OpenButtons({ instance, size = "medium", most = Number.POSITIVE_INFINITY }: { instance: ServiceInstance; size?: ButtonSize; most?: number }) {
  const [busy, setBusy] = useState<string>();
  const me = useMe()?.user.name;
  const mine = (instance.spec.owner ?? instance.metadata.created_by) === me;
  // What is its owner's alone is no offer to others: the server would refuse them.
  const ready = instance.status.phase === "running" ? (instance.status.endpoints ?? []).filter((endpoint) => endpoint.ready && (mine || endpoint.access !== "owner")) : [];

  const open = (endpoint: string) => {
    // The tab must be made inside the click, before the answer is there, or the browser blocks it.
    const tab = window.open("about:blank", "_blank");
    if (tab) tab.opener = null;
    setBusy(endpoint);
    const path = `${itemPath("ServiceInstance", scopeOf(instance.metadata), instance.metadata.name)}/endpoints/${encodeURIComponent(endpoint)}/open`;
    api
      .post<{ url: string }>(path)
      .then(({ url }) => {
        if (tab) tab.location.href = url;
        else window.location.assign(url);
      })
      .catch((error: unknown) => {
        tab?.close();
        toast(messageOf(error), "failed");
      })
      .finally(() => setBusy(undefined));
  };
  return (
    <>
      {ready.slice(0, most).map((endpoint, index) => (
        <Button
          key={endpoint.name}
          size={size}
          variant={index === 0 ? "primary" : "secondary"}
          busy={busy === endpoint.name}
          icon={<ExternalLink size={14} aria-hidden />}
          onClick={() => open(endpoint.name)}
        >
          {hub.instances.open(endpoint.title)}
        </Button>
      ))}
    </>
  );
}
