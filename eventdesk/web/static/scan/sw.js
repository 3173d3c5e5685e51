// Keeps /scan for the time without the network. The server writes the version in, which is another
// one where anything of the page is; then the browser fetches this anew, and the next visit has it.

const VERSION = "{version}";
const CACHE = `scan-${VERSION}-${self.location.search}`;
const PAGE = "/scan";
const STATIC = "/static/";
const PATIENCE_MS = 3000;
/** What a page names, and what a script names beside itself. */
const IN_PAGE = /["'](\/static\/[\w.~/-]+)["']/g;
const IN_SCRIPT = /["'](\.{1,2}\/[\w.~/-]+\.(?:js|css|wasm))["']/g;

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("message", (event) => {
  const work = keep(event.data.keep).finally(() => event.ports[0]?.postMessage("kept"));
  event.waitUntil(work);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith(STATIC)) event.respondWith(file(request));
  else if (pathname === PAGE && request.mode === "navigate") event.respondWith(page(request));
});

/** Keep the page as who is not signed in gets it, so that it names nobody; and what it is made of. */
async function keepAll() {
  const given = { credentials: "omit", cache: "no-store", headers: { accept: "text/html" } };
  const answer = await fetch(PAGE + self.location.search, given);
  if (!answer.ok || answer.redirected) throw new Error(`no page to keep: ${answer.status}`);
  const cache = await caches.open(CACHE);
  const text = await answer.clone().text();
  const found = new Set(named(text, IN_PAGE));
  for (const each of found) {
    // What is added meanwhile has its turn, too.
    for (const next of await kept(cache, each)) found.add(next);
  }
  await cache.put(PAGE, answer);
}

function named(text, pattern) {
  return Array.from(text.matchAll(pattern), (each) => each[1]);
}

/** Keep one file, and say which others it names; what it names in vain does no harm. */
async function kept(cache, address) {
  const answer = await fetch(address);
  if (!answer.ok) return [];
  const isScript = (answer.headers.get("content-type") ?? "").includes("javascript");
  const text = isScript ? await answer.clone().text() : "";
  await cache.put(address, answer);
  const here = new URL(address, self.location);
  return named(text, IN_SCRIPT).map((each) => new URL(each, here).pathname);
}

async function begin() {
  const names = await caches.keys();
  const old = names.filter((each) => each.startsWith("scan-") && each !== CACHE);
  await Promise.all(old.map((each) => caches.delete(each)));
  await self.clients.claim();
}

/** Keep what the page loaded before there was a worker. */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  for (const each of addresses) {
    const { origin, pathname } = new URL(each, self.location);
    if (origin !== self.location.origin || !pathname.startsWith(STATIC)) continue;
    if (!(await cache.match(pathname))) await cache.add(pathname).catch(() => {});
  }
}

/** A file whose address has its hash never changes. */
async function file(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request, { ignoreVary: true });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** The page from the house where it answers soon, else as it was kept. */
async function page(request) {
  let answer;
  try {
    answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // the house is away
  }
  const cache = await caches.open(CACHE);
  return (await cache.match(PAGE, { ignoreVary: true })) ?? answer ?? Response.error();
}
