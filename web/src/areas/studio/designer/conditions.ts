// A template's simple conditions in words, for people who do not read expressions.
const WORDS: [RegExp, string][] = [
  [/\s*&&\s*/g, " and "],
  [/\s*\|\|\s*/g, " or "],
  [/\s*==\s*true\b/g, " is on"],
  [/\s*==\s*false\b/g, " is off"],
  [/\s*==\s*/g, " is "],
  [/\s*!=\s*/g, " is not "],
  [/\s*>=\s*/g, " is at least "],
  [/\s*<=\s*/g, " is at most "],
  [/\s*>\s*/g, " is more than "],
  [/\s*<\s*/g, " is less than "],
  [/\s+in\s+/g, " is one of "],
];

/** A simple condition in words; nothing where it is more than comparisons of inputs: then the expression itself is shown. */
export function conditionWords(expression: string, label: (name: string) => string): string | undefined {
  const text = expression.trim();
  // Texts in quotes stay as they are, whatever they contain.
  const parts = text.split(/("[^"]*"|'[^']*')/);
  const words = parts.map((part, index) => {
    if (index % 2 === 1) return `“${part.slice(1, -1)}”`;
    const named = part.replace(/(!?)inputs\.([a-z][a-z0-9_]*)/g, (_all, not: string, name: string) => `${not ? "not " : ""}\u0000${label(name)}\u0000`);
    return named
      .split("\u0000")
      .map((piece, at) => (at % 2 === 1 ? piece : WORDS.reduce((said, [pattern, word]) => said.replace(pattern, word), piece)))
      .join("");
  });
  const outside = parts.filter((_, index) => index % 2 === 0).join(" ");
  // Calls, arithmetic and choices between expressions do not read well as words.
  if (/[?:%+*/]|\w\(|\.(?!\d)(?!\w)|inputs\.[a-z0-9_]+\./.test(outside)) return undefined;
  return words.join("").replace(/\s+/g, " ").trim();
}
