// The console's own terminal.

/** Types a line and waits until the screen shows a text that the line itself does not contain. */
export async function typeAndSee(page, line, expected, timeout) {
  if (line.includes(expected)) throw new Error("the answer must not stand in what is typed");
  const screen = page.getByRole("application", { name: "Terminal" });
  await screen.locator(".xterm-rows").filter({ hasText: "$" }).waitFor({ timeout });
  await screen.locator("textarea").focus();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
  await screen.locator(".xterm-rows").filter({ hasText: expected }).waitFor({ timeout });
}
