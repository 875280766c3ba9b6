// What browsers have and TypeScript's DOM library does not know yet.

interface BarcodeDetectorLike {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector:
  | { new (options: { formats: string[] }): BarcodeDetectorLike; getSupportedFormats(): Promise<string[]> }
  | undefined;

interface MediaTrackCapabilities {
  torch?: boolean;
}
interface MediaTrackConstraintSet {
  torch?: boolean;
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

/** Put in by the build: where the parts lie that are loaded when they are needed, the hash of the QR reader's wasm, and the version of the page. */
declare const __DECODER__: string;
declare const __DRAWING__: string;
declare const __WASM__: string;
declare const __WASM_INTEGRITY__: string;
declare const __MANY__: string;
declare const __MANY_STYLE__: string;
declare const __FACTS__: string;
declare const __KEEPING__: string;
declare const __KEEPING_STYLE__: string;
declare const __VERSION__: string;
declare const __PDF__: string;
declare const __PDF_WORKER__: string;
declare const __PDF_CORE__: string;
declare const __PDF_DISPLAY__: string;
/** As JSON: the files of pdfjs that hold its decoders, by the names that it asks for. */
declare const __PDF_WASM__: string;
