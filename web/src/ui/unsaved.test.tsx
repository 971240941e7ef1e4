import { Link, Outlet, RouterProvider, createBrowserHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Unsaved } from "./Unsaved";

function Form() {
  const [text, setText] = useState("");
  return (
    <>
      <input aria-label="Text" value={text} onChange={(event) => setText(event.target.value)} />
      <Unsaved when={text !== ""} />
      <Link to={"/other" as "/"}>Other</Link>
      <Link to="/" search={{ view: "b" } as never}>
        Same
      </Link>
    </>
  );
}

beforeEach(async () => {
  vi.stubGlobal("scrollTo", () => undefined);
  window.history.replaceState(null, "", "/");
  const root = createRootRoute({ component: Outlet });
  const routes = [createRoute({ getParentRoute: () => root, path: "/", component: Form }), createRoute({ getParentRoute: () => root, path: "/other", component: () => <h1>Elsewhere</h1> })];
  const router = createRouter({ routeTree: root.addChildren(routes), history: createBrowserHistory() });
  render(<RouterProvider router={router as never} />);
  await screen.findByRole("textbox");
});

const unload = () => {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
};

it("lets go of a form that nobody typed into", async () => {
  await userEvent.click(screen.getByRole("link", { name: "Other" }));
  await screen.findByRole("heading", { name: "Elsewhere" });
});

it("asks, keeps what was typed by whoever stays, and lets go of whoever leaves", async () => {
  await userEvent.type(screen.getByRole("textbox"), "typed");
  await userEvent.click(screen.getByRole("link", { name: "Other" }));
  await userEvent.click(await screen.findByRole("button", { name: "Stay here" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("typed");
  await userEvent.click(screen.getByRole("link", { name: "Other" }));
  await userEvent.click(await screen.findByRole("button", { name: "Leave and lose it" }));
  await screen.findByRole("heading", { name: "Elsewhere" });
});

it("says nothing where the form stays", async () => {
  await userEvent.type(screen.getByRole("textbox"), "typed");
  await userEvent.click(screen.getByRole("link", { name: "Same" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("typed");
});

it("has the browser ask about closing the tab, but only then", async () => {
  expect(unload()).toBe(false);
  await userEvent.type(screen.getByRole("textbox"), "typed");
  expect(unload()).toBe(true);
});
