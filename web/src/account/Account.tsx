import { Outlet } from "@tanstack/react-router";
import { paths } from "../lib/paths";
import { frame } from "../messages/en/frame";
import { session as m } from "../messages/en/session";
import { PageBody, PageHeader } from "../ui/Page";
import { Tabs } from "../ui/Tabs";

export function Account() {
  return (
    <PageBody>
      <PageHeader title={m.account.title} />
      <Tabs
        label={m.account.title}
        tabs={[
          { to: paths.tokens(), label: frame.account.tokens },
          { to: paths.password(), label: frame.account.password },
          { to: paths.secondFactors(), label: frame.account.factors },
          { to: paths.identities(), label: frame.account.identities },
          { to: paths.access(), label: frame.account.access },
        ]}
      />
      <Outlet />
    </PageBody>
  );
}
