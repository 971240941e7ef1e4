// Small settings of one browser. Storage may be switched off; then they last as long as the page.
const memory = new Map<string, string>();

export function readSetting(key: string): string | undefined {
  try {
    return localStorage.getItem(`warpyard.${key}`) ?? undefined;
  } catch {
    return memory.get(key);
  }
}

export function writeSetting(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`warpyard.${key}`);
    else localStorage.setItem(`warpyard.${key}`, value);
  } catch {
    if (value === undefined) memory.delete(key);
    else memory.set(key, value);
  }
}
