// A picture file as the document takes it. Whether it is harmless is the server's to say.
import { formatBytes } from "../../../lib/format";
import { organizationSettings as m } from "../../../messages/en/tenants";

/** As many as the server takes. */
const MOST_BYTES = 64 * 1024;

export async function readLogo(file: File): Promise<{ logo: { svg?: string; png?: string } } | { problem: string }> {
  if (file.size > MOST_BYTES) return { problem: m.logoTooLarge(formatBytes(file.size), formatBytes(MOST_BYTES)) };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const png = [0x89, 0x50, 0x4e, 0x47].every((byte, index) => bytes[index] === byte);
  if (!png) return { logo: { svg: new TextDecoder().decode(bytes) } };
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { logo: { png: btoa(text) } };
}
