// JupyterLab as a person uses it: in its own tab, on its own origin.
import assert from "node:assert/strict";

/** Clicks the Open button of an instance page; answers with the new tab, its app drawn. */
export async function openLab(page) {
  const opened = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "Open JupyterLab" }).click();
  const lab = await opened;
  // A person's tab has both by now; here the listeners have to be there before the kernel's socket is.
  const kernel = kernelMessages(lab);
  await lab.waitForURL((url) => /^lab--[0-9a-f]{12}\.apps\.localhost$/.test(url.hostname) && url.pathname.startsWith("/lab"), { timeout: 30_000 });
  await lab.locator("#jp-main-dock-panel").waitFor({ timeout: 30_000 });
  return { lab, kernel };
}

/** The WebSockets to kernels, with how many messages came over each. */
function kernelMessages(lab) {
  const sockets = [];
  lab.on("websocket", (socket) => {
    if (!/\/api\/kernels\/[^/]+\/channels/.test(socket.url())) return;
    const one = { url: socket.url(), received: 0 };
    sockets.push(one);
    socket.on("framereceived", () => {
      one.received += 1;
    });
  });
  return sockets;
}

/** Makes a notebook from the launcher, runs one cell and answers with what it printed. */
export async function runInNewNotebook(lab, code) {
  await lab.locator(".jp-LauncherCard[data-category=Notebook]").first().click();
  const notebook = lab.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
  // JupyterLab throws away what is run before the kernel is there, and calls a notebook without a kernel idle as well.
  await lab.waitForFunction(() => {
    const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
    const status = panel?.querySelector(".jp-Notebook-ExecutionIndicator")?.getAttribute("data-status");
    return status === "idle" && /^Python 3/.test(panel.querySelector(".jp-Toolbar-kernelName")?.textContent ?? "");
  }, undefined, { timeout: 30_000 });
  const editor = notebook.locator(".jp-CodeCell .cm-content").first();
  await editor.click();
  await lab.keyboard.insertText(code);
  await lab.keyboard.press("Shift+Enter");
  const output = notebook.locator(".jp-CodeCell .jp-OutputArea-output").first();
  await output.waitFor({ timeout: 30_000 });
  return (await output.innerText()).trim();
}

/** Saves the notebook under a name; JupyterLab asks for it at the first saving. */
export async function saveAs(lab, name) {
  await lab.keyboard.press("Control+s");
  const dialog = lab.getByRole("dialog");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: /rename/i }).click();
  await lab.locator(".jp-DirListing-item").filter({ hasText: name }).waitFor();
}

/** The file browser shows a file. */
export async function findsFile(lab, name) {
  const file = lab.locator(".jp-DirListing-item").filter({ hasText: name });
  await file.first().waitFor({ timeout: 30_000 });
  assert.equal(await file.count(), 1, `${name} stands once in the file browser`);
}
