// xterm makes <style> elements, which the content security policy refuses. While it opens, those it asks for are given
// a text setter that writes to a constructed style sheet instead: that goes through the CSSOM, which the policy allows.
export function catchStyles<T>(open: () => T): { result: T; release: () => void } {
  const sheets: CSSStyleSheet[] = [];
  const original = document.createElement;
  document.createElement = function createElement(this: Document, tag: string, options?: ElementCreationOptions) {
    const element = original.call(this, tag, options);
    if (tag.toLowerCase() !== "style") return element;
    const sheet = new CSSStyleSheet();
    sheets.push(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    Object.defineProperty(element, "textContent", { get: () => "", set: (text: string) => sheet.replaceSync(text) });
    return element;
  } as typeof document.createElement;
  try {
    const result = open();
    const release = () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet));
    };
    return { result, release };
  } finally {
    // The own property gives way to the prototype's method again.
    delete (document as Partial<Document>).createElement;
  }
}
