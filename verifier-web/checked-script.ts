import { Refusal } from './refusal.ts';
import { scriptUrl } from './script-url.ts';

/** Asks for a script that will be needed, without running it: the browser keeps it, with its hash compared, for {@link loadChecked}. */
export function preload({ name, integrity }: PageFile): void {
  document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: name, integrity }));
}

/** What was loaded is there at once when it is asked for again. */
const loaded = new Map<string, Promise<unknown>>();

/**
 * Runs a script of this page that only some readers need, or not at first, and resolves with what it exports. Its bytes are those that the build saw,
 * or it does not run: an `import()` takes no hash, so an element that does brings it, and the import finds it there under its address.
 * @throws Refusal SCRIPT_UNAVAILABLE; the next call tries again
 */
export function loadChecked<T>({ name, integrity }: PageFile, base: URL): Promise<T> {
  const address = new URL(name, base).href;
  const loading = loaded.get(address) ?? run(address, integrity);
  loaded.set(address, loading);
  loading.catch(() => loaded.delete(address));
  return loading as Promise<T>;
}

async function run(address: string, integrity: string): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Refusal('SCRIPT_UNAVAILABLE')));
    Object.assign(script, { type: 'module', integrity, src: scriptUrl(address) });
    document.head.append(script);
  });
  return import(address);
}
