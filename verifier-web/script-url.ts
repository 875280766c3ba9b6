let policy: { createScriptURL(url: string): string } | undefined;

/** The worker that keeps the page, and what the build made: scripts of this page, and its QR reader. */
const OURS = /^(worker|assets\/[\w-]+)\.js$/;

// Under `require-trusted-types-for 'script'` a script's address is a sink: this policy is the page's only one and makes only these addresses.
export function scriptUrl(url: string): string {
  if (typeof trustedTypes === 'undefined') return url;
  policy ??= trustedTypes.createPolicy('eproof', {
    createScriptURL(candidate) {
      const base = new URL('.', document.baseURI).href;
      if (candidate.startsWith(base) && OURS.test(candidate.slice(base.length))) return candidate;
      throw new TypeError(`"${candidate}" is not a script of this page`);
    },
  });
  return policy.createScriptURL(url);
}
