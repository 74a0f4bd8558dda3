// Serves the collection page without a network. SHELL (given before) lists its files, whose names change with
// them: each version has its own cache. Only what is listed here is kept: never the page of a person.
const NAME = "portrea-collecte";
const VERSION = `${NAME}-${SHELL.join("|").split("").reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 4294967291, 7)}`;
const PAGES = `${NAME}-pages`;
const OURS = /^\/collecte\/[a-z0-9]+\/(|formulaires\.json|app\.webmanifest)$/;
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  const names = (await caches.keys()).filter((name) => name.startsWith(NAME) && ![VERSION, PAGES].includes(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}

self.addEventListener("message", (event) => {
  event.waitUntil(keep(event.data.keep).then(() => event.ports[0].postMessage("kept")));
});

async function keep(paths) {
  const cache = await caches.open(PAGES);
  await cache.addAll(paths.filter((path) => OURS.test(path)));
}

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (OURS.test(pathname)) event.respondWith(newest(event.request, pathname));
  else if (SHELL.includes(pathname)) event.respondWith(held(event.request, pathname));
});

// The network first, for a while; what is held answers when it fails.
async function newest(request, pathname) {
  const cache = await caches.open(PAGES);
  const before = await cache.match(pathname);
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(pathname, answer.clone());
    return answer;
  });
  if (!before) return asked;
  const tired = new Promise((resolve) => setTimeout(resolve, PATIENCE, before));
  return Promise.race([asked.then((answer) => (answer.status < 500 ? answer : before)), tired]).catch(() => before);
}

async function held(request, pathname) {
  return (await caches.match(pathname)) ?? fetch(request);
}
