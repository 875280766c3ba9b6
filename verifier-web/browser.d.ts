// What browsers have and TypeScript's DOM library does not know yet.

interface BarcodeDetectorLike {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector:
  | { new (options: { formats: string[] }): BarcodeDetectorLike; getSupportedFormats(): Promise<string[]> }
  | undefined;

interface MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
}
interface MediaTrackConstraintSet {
  torch?: boolean;
  /** True asks for a camera that can, without moving it. */
  zoom?: number | boolean;
}
interface MediaTrackSettings {
  torch?: boolean;
  zoom?: number;
}

interface Window {
  /** The answer to the first request for the list of trust, where start.ts has made it. */
  askedTrust?: Promise<Response>;
}

/** Files that were opened with the installed page. */
interface LaunchQueue {
  setConsumer(take: (launch: { files: readonly FileSystemFileHandle[] }) => void): void;
}
interface Window {
  launchQueue?: LaunchQueue;
}

interface Navigator {
  connection?: { saveData?: boolean };
}

declare const trustedTypes:
  | {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): string };
    }
  | undefined;

/** A file that the page loads when it is needed, and the hash that it must have. */
interface PageFile {
  /** Relative to the page. */
  name: string;
  integrity: string;
}

/** Put in by the build: the parts that are loaded when they are needed, the hash of the QR reader's wasm, and the version of the page. */
declare const __DECODER__: PageFile;
declare const __DICTIONARIES__: Record<'en' | 'zh-Hant' | 'zh-Hans', PageFile>;
declare const __JUDGEMENT__: PageFile;
declare const __DRAWING__: PageFile;
declare const __WASM__: string;
declare const __WASM_INTEGRITY__: string;
declare const __MANY__: PageFile;
declare const __MANY_STYLE__: PageFile;
declare const __FACTS__: PageFile;
declare const __KEEPING__: PageFile;
declare const __KEEPING_STYLE__: PageFile;
declare const __VERSION__: string;
declare const __PDF__: PageFile;
declare const __PDF_WORKER__: PageFile;
declare const __PDF_CORE__: string;
declare const __PDF_DISPLAY__: string;
/** As JSON: the files of pdfjs that hold its decoders, by the names that it asks for. */
declare const __PDF_WASM__: string;
