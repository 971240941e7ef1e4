// Asks a stored provider, and says what is to be registered there.
import { useMutation } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { itemPath } from "../../../api/kinds";
import type { ProviderReport } from "../../../api/types-providers";
import { providers as m } from "../../../messages/en/providers";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { ErrorPanel, Notice } from "../../../ui/Page";

function Address({ label, url }: { label: string; url: string }) {
  return (
    <div>
      <p className="text-12 text-muted">{label}</p>
      <p className="flex items-center gap-2">
        <code className="break-all">{url}</code>
        <CopyButton text={url} />
      </p>
    </div>
  );
}

export function ProviderTest({ org, name }: { org: string; name: string }) {
  const test = useMutation({ mutationFn: () => api.post<ProviderReport>(`${itemPath("IdentityProvider", { org }, name)}/test`, {}) });
  const report = test.data;
  return (
    <div className="flex flex-col gap-3">
      <Button className="self-start" busy={test.isPending} onClick={() => test.mutate()}>
        {m.test}
      </Button>
      <div aria-live="polite" className="flex flex-col gap-3">
        {report?.works && <Notice tone="working">{m.works}</Notice>}
        {report?.problems.map((text) => (
          <Notice key={text} tone="failed">
            {text}
          </Notice>
        ))}
        {report?.notes.map((text) => (
          <Notice key={text}>{text}</Notice>
        ))}
        {report && (
          <>
            <Address label={m.redirect} url={report.redirect_uri} />
            <Address label={m.backChannel} url={report.back_channel_logout_uri} />
            <Address label={m.signInAddress} url={report.redirect_uri.replace(/\/callback$/, "")} />
          </>
        )}
        {test.error && <ErrorPanel error={test.error} />}
      </div>
    </div>
  );
}
