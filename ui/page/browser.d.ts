/** Put in by the build: the version of the page. */
declare const __VERSION__: string;
