/** Optional properties may be absent, never undefined in their place. */
export function withError(message: string | undefined): { error?: string } {
  return message ? { error: message } : {};
}
