const PREFIX = 'verifier ';

/** The page's own files, which open without a network from then on (worker.ts). Resolves when they are there; false where they are not. */
export async function keepPage(base: URL, scriptUrl: (url: string) => string): Promise<boolean> {
  const worker = await navigator.serviceWorker
    ?.register(scriptUrl(new URL('worker.js', base).href), { scope: base.href })
    .then(({ installing, waiting, active }) => installing ?? waiting ?? active)
    .catch(() => null);
  return worker ? settled(worker) : false;
}

function settled(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === 'activated' || worker.state === 'redundant') resolve(worker.state === 'activated');
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

/** What is kept of the newest version that has this file, which may still be on its way; null where there is none. */
export async function openNewestWith(address: string): Promise<Cache | null> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  for (const name of names.reverse()) {
    const cache = await caches.open(name);
    if (await cache.match(address)) return cache;
  }
  return null;
}

export async function forgetPage(base: URL): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(base).catch(() => {});
  await registration?.unregister();
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  await Promise.all(names.map((name) => caches.delete(name)));
}
