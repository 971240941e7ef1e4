// xterm makes <style> elements, which the content security policy refuses. While it opens, what it gets instead is an
// element whose text setter writes to a constructed style sheet: that goes through the CSSOM, which the policy allows.
export function catchStyles<T>(open: () => T): { result: T; release: () => void } {
  const sheets: CSSStyleSheet[] = [];
  const original = document.createElement;
  document.createElement = function createElement(this: Document, tag: string, options?: ElementCreationOptions) {
    if (tag.toLowerCase() !== "style") return original.call(this, tag, options);
    // Even an empty style element is refused, so something that is never drawn stands in for it.
    const element = original.call(this, "template");
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
