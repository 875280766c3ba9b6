// What browsers have and TypeScript's DOM library does not know yet.

declare const trustedTypes:
  | {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): string };
    }
  | undefined;

/** Put in by the build: the version of the page. */
declare const __VERSION__: string;
