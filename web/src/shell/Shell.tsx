// The frame around every page: rail, top bar, content.
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useState } from "react";
import { useConnectionState } from "../api/live";
import { useLook } from "../api/look";
import { useMe } from "../api/session";
import { useNarrow } from "../lib/hooks";
import { paths } from "../lib/paths";
import { useCurrentScope } from "../lib/scope";
import { readSetting, writeSetting } from "../lib/storage";
import { frame as m } from "../messages/en/frame";
import { buttonClass } from "../ui/Button";
import { Drawer } from "./Drawer";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";

// Not part of the first load, but there before anybody presses its keys: what is typed after them must not be lost.
const loadPalette = () => import("./palette/Palette");
const Palette = lazy(loadPalette);
// Most organizations have no accent and are not suspended.
const OrgFrame = lazy(() => import("./OrgFrame"));
const PALETTE_AFTER_MS = 1_500;

export function Shell() {
  const narrow = useNarrow();
  const [collapsed, setCollapsed] = useState(() => readSetting("rail") === "collapsed");
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const [paletteAsked, setPaletteAsked] = useState(false);
  const { pathname } = useLocation();
  const me = useMe();
  const { org = "" } = useCurrentScope();
  const look = useLook(org);
  const navigate = useNavigate();

  useEffect(() => setDrawer(false), [pathname]);
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (palette) setPaletteAsked(true);
  }, [palette]);
  useEffect(() => {
    if (me === null) void navigate({ to: "/sign-in", search: { next: pathname === "/" ? undefined : pathname } });
  }, [me, navigate, pathname]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette((open) => !open);
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  const toggle = () => {
    writeSetting("rail", collapsed ? "open" : "collapsed");
    setCollapsed(!collapsed);
  };
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        onClick={(event) => {
          // A bare fragment would resolve against <base href> and leave the page.
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2 focus:shadow-float"
      >
        {m.skip}
      </a>
      {!narrow && <Rail look={look} collapsed={collapsed} onToggle={toggle} />}
      {narrow && (
        <Drawer open={drawer} onClose={() => setDrawer(false)}>
          <Rail look={look} />
        </Drawer>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar narrow={narrow} onMenu={() => setDrawer(true)} onPalette={() => setPalette(true)} />
        <ConnectionNotice />
        <SecondFactorNotice />
        <Suspense fallback={null}>
          <OrgFrame look={look} />
        </Suspense>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      {paletteAsked && (
        <Suspense fallback={null}>
          <Palette open={palette} onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Leads whoever is kept out by a missing second factor to where it is set up. */
function SecondFactorNotice() {
  const orgs = useMe()?.second_factor_required ?? [];
  const { pathname } = useLocation();
  if (orgs.length === 0) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-waiting-soft px-4 py-2 md:px-8">
      <p>
        <strong>{m.secondFactor.asked(orgs)}</strong> {m.secondFactor.what}
      </p>
      {pathname !== paths.secondFactors() && (
        <Link to={paths.secondFactors()} className={buttonClass("secondary", "small")}>
          {m.secondFactor.go}
        </Link>
      )}
    </div>
  );
}

/** Tells only of an interruption that lasts. */
function ConnectionNotice() {
  const state = useConnectionState();
  const [late, setLate] = useState(false);
  const lost = state === "waiting" || state === "connecting";
  useEffect(() => {
    const timer = setTimeout(() => setLate(lost), lost ? 4_000 : 0);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status" aria-live="polite">
      {late && <p className="border-b border-line bg-waiting-soft px-4 py-1 text-12 text-waiting md:px-8">{m.offline}</p>}
    </div>
  );
}
