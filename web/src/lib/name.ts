// Names as the server checks them, so that forms can say what is wrong while people type.
const MAX_LENGTH = 48;

/** What is wrong with a name, if anything. */
export function nameProblem(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return `A name has at most ${MAX_LENGTH} characters; this one has ${name.length}.`;
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.includes("--")) {
    return "A name has lower-case letters, digits and single hyphens, starts with a letter and does not end with a hyphen.";
  }
  return undefined;
}

/** A valid name made from any text: `Ana Lima` becomes `ana-lima`. */
export function slug(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, "");
}

/** A name that is probably free: `jupyterlab-x7k2`. */
export function suggestName(base: string, random: () => number = Math.random): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  let tail = "";
  for (let i = 0; i < 4; i += 1) tail += letters[Math.floor(random() * letters.length)];
  return `${slug(base).slice(0, MAX_LENGTH - 5) || "instance"}-${tail}`;
}
