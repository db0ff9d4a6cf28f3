// The service worker of an enrolled telephone. It keeps what pages are drawn with, and the work list and the tasks that
// were last seen, of one person: whoever else's page comes by, or nobody's after signing out, takes them away. It never
// answers from what is kept while the network does. Pictures that were sent are not kept, for they show people and fill
// the telephone: without a network a sign stands for each, and the note over the kept page says so. The line before this text says what the house is: addresses and assets.
"use strict";
importScripts(house.outbox);
const SHELL = "thuoc-shell", PAGES = "thuoc-pages ";
const PATIENCE = 6000, MOST = 60, DAYS = 14; // ms for a page that is kept; pages and assets that are kept; days that a page is

addEventListener("install", (e) => {
  e.waitUntil((async () => {
    const shell = await caches.open(SHELL);
    await Promise.all(house.shell.map(async (at) => (await shell.match(at)) && at !== house.offline || shell.add(new Request(at, { credentials: "omit" }))));
    await skipWaiting();
  })());
});
addEventListener("activate", (e) => e.waitUntil(clients.claim()));

addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== location.origin) return;
  if (e.request.method === "GET" && url.pathname.startsWith(house.assets)) e.respondWith(asset(e.request));
  else if (e.request.mode === "navigate") e.respondWith(page(e, url.pathname));
  else if (e.request.destination === "image") e.respondWith(fetch(e.request).catch(async () => (await caches.match(house.picture)) ?? Response.error()));
});

addEventListener("sync", (e) => {
  e.waitUntil(outbox.drain().then((left) => { if (left) throw new Error("still waiting"); })); // the browser tries again later
});

const asset = async (request) => {
  const shell = await caches.open(SHELL), kept = await shell.match(request);
  if (kept) return kept;
  const r = await fetch(request);
  if (r.ok) { await shell.put(request, r.clone()); await trim(shell); }
  return r;
};

const trim = async (cache) => {
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((k) => cache.delete(k)));
};

// page asks the network; where it fails, or is slower than patience has it and the page is kept, the kept copy is shown.
const page = async (e, path) => {
  if (e.request.method !== "GET") {
    if (path === house.out) await outbox.forget();
    return fetch(e.request).catch(offline);
  }
  const kept = await find(path);
  const fresh = ask(e.request, path);
  e.waitUntil(fresh.catch(() => {}));
  try {
    return await (kept ? Promise.race([fresh, new Promise((_, no) => setTimeout(no, PATIENCE))]) : fresh);
  } catch { return kept ? copy(kept) : offline(); }
};

const ask = async (request, path) => {
  const r = await fetch(request), who = r.headers.get("Thuoc-Who");
  if (!who) return r; // leads elsewhere, or is no page of this house
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + who) await caches.delete(name);
  if (who === "-") await outbox.jot("holder");
  if (!r.headers.get("Thuoc-Keep") || r.status !== 200 || r.type !== "basic" || r.redirected) return r;
  const whole = new Response(await r.blob(), r); // all of it, or the kept copy is better
  const pages = await caches.open(PAGES + who);
  await pages.delete(path);
  await pages.put(path, whole.clone());
  await trim(pages);
  return whole;
};

const find = async (path) => {
  for (const name of await caches.keys()) {
    const r = name.startsWith(PAGES) && await (await caches.open(name)).match(path);
    if (r && Date.now() - Date.parse(r.headers.get("Date")) < DAYS * 864e5) return r;
  }
};

// copy is a kept page that says what it is.
const copy = async (r) => {
  const headers = new Headers(r.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response((await r.text()).replace("data-kept hidden", "data-kept"), { headers });
};

const offline = async () => (await caches.match(house.offline)) ?? Response.error();
