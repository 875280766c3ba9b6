let policy: { createScriptURL(url: string): string } | undefined;

/** The workers of this page: the QR reader, the one that draws PDFs, and the one that keeps the page. */
const isWorker = (url: string): boolean => /[/-]worker(-\w{8})?\.js$/.test(url);

// Under `require-trusted-types-for 'script'` a worker's address is a sink: this policy is the page's only one and makes only these addresses.
export function scriptUrl(url: string): string {
  if (typeof trustedTypes === 'undefined') return url;
  policy ??= trustedTypes.createPolicy('eproof', {
    createScriptURL(candidate) {
      if (!isWorker(candidate)) throw new TypeError(`"${candidate}" is not a script of this page`);
      return candidate;
    },
  });
  return policy.createScriptURL(url);
}
