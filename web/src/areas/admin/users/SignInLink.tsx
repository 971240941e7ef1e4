// Makes a link with which a person sets a password, and shows it once to copy.
import { useMutation } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { formatExact } from "../../../lib/format";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { CopyTextButton } from "../../../ui/CopyButton";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel } from "../../../ui/Page";

export interface SignInLinkAnswer {
  url: string;
  expires_at: string;
}

export function useSignInLink(name: string) {
  return useMutation({ mutationFn: () => api.post<SignInLinkAnswer>(`/users/${encodeURIComponent(name)}/sign-in-link`) });
}

export function SignInLink({ name, title, onClose }: { name: string; title: string; onClose: () => void }) {
  const link = useSignInLink(name);
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.users.linkTitle(title)}
      description={m.users.linkText}
      footer={
        link.data ? (
          <Button variant="primary" onClick={onClose}>
            {m.users.done}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{ui.cancel}</Button>
            <Button variant="primary" busy={link.isPending} onClick={() => link.mutate()}>
              {m.users.linkMake}
            </Button>
          </>
        )
      }
    >
      {link.data ? <ShownLink link={link.data} /> : <p>{m.users.linkReplaces}</p>}
      {link.error && <ErrorPanel error={link.error} />}
    </Dialog>
  );
}

export function ShownLink({ link }: { link: SignInLinkAnswer }) {
  // The server may answer with a path only; people need the whole address.
  const url = new URL(link.url, document.baseURI).toString();
  return (
    <div className="flex flex-col gap-2">
      <code className="rounded-md border border-line bg-sunken px-3 py-2 break-all">{url}</code>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-12 text-muted">
          {m.users.linkExpires} {formatExact(link.expires_at)}
        </span>
        <CopyTextButton text={url} variant="primary">
          {ui.copy}
        </CopyTextButton>
      </div>
    </div>
  );
}
