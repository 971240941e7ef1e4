// Waiting for what should be, with the reason when it is not.

/** Waits until the address's path fits. */
export async function expectPath(page, pattern) {
  await page.waitForURL((url) => pattern.test(url.pathname)).catch((error) => {
    throw new Error(`the page stayed at ${page.url()} and did not come to ${pattern}`, { cause: error });
  });
}
