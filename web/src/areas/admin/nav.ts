import { BadgeCheck, Bot, ClipboardCheck, FolderClosed, House, Inbox, KeyRound, LogIn, ScanSearch, ScrollText, Server, Settings2, ShieldCheck, UserRoundCheck, Users, UsersRound } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import type { Area } from "../area";
import { adminPaths } from "./paths";

export const administration: Area = {
  name: "administration",
  label: m.areas.administration,
  icon: ShieldCheck,
  home: (scope) => paths.admin(scope),
  owns: (path) => /^\/orgs\/[^/]+\/admin(\/|$)/.test(path),
  pages: [
    { label: m.pages.home, icon: House, to: (scope) => paths.admin(scope), exact: true },
    { label: nav.admin.projects, icon: FolderClosed, to: adminPaths.projects, needs: ["project.view"] },
    { label: nav.admin.users, icon: Users, to: adminPaths.users, needs: ["user.view"] },
    { label: nav.admin.groups, icon: UsersRound, to: adminPaths.groups, needs: ["group.view"] },
    { label: nav.admin.serviceAccounts, icon: Bot, to: adminPaths.serviceAccounts, needs: ["service_account.view"] },
    { label: nav.admin.bindings, icon: UserRoundCheck, to: adminPaths.bindings, needs: ["role_binding.view"] },
    { label: nav.admin.roles, icon: BadgeCheck, to: adminPaths.roles, needs: ["custom_role.view"] },
    { label: nav.admin.access, icon: ScanSearch, to: adminPaths.access, needs: ["role_binding.view"] },
    { label: nav.admin.providers, icon: LogIn, to: adminPaths.providers, needs: ["identity_provider.view"] },
    { label: nav.admin.requests, icon: Inbox, to: adminPaths.requests, needs: ["role_binding.create"] },
    { label: nav.admin.review, icon: ClipboardCheck, to: adminPaths.review, needs: ["role_binding.view"] },
    { label: nav.admin.targets, icon: Server, to: adminPaths.targets, needs: ["target.view"] },
    { label: nav.admin.secrets, icon: KeyRound, to: adminPaths.secrets, needs: ["secret.view"] },
    { label: nav.admin.audit, icon: ScrollText, to: adminPaths.audit, needs: ["audit_entry.view"] },
    { label: nav.admin.settings, icon: Settings2, to: adminPaths.settings, needs: ["organization.update"] },
  ],
};
