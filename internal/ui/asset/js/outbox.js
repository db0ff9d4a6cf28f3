// What somebody entered and the server has not taken yet: kept in this browser until the server says that it arrived, and
// sent by whoever runs, the page or the service worker. An entry bears a key that was made when it was entered; the server
// takes a key once and answers a repetition as it did the first time. So whatever is not answered is simply sent again.
//
// An entry: { id, owner, origin, action, title, fields: [[name, value]], photo, made, state, words, over }. Its states are
// the server's (sent, clash, wrong, signin, revoked) and waiting. Entries belong to an account: only those of the holder
// are shown or sent, and the server refuses those that are not of who is signed in.
self.outbox = (() => {
  "use strict";
  const news = new BroadcastChannel("thuoc");

  const open = () => new Promise((yes, no) => {
    const r = indexedDB.open("thuoc", 1);
    r.onupgradeneeded = () => { r.result.createObjectStore("entry", { keyPath: "id" }); r.result.createObjectStore("note"); };
    r.onsuccess = () => yes(r.result);
    r.onerror = r.onblocked = () => no(r.error);
  });
  // strict: what is said to be kept is on the disk, also when the browser is killed the next moment.
  const run = async (mode, f) => {
    const db = await open();
    try {
      const t = db.transaction(["entry", "note"], mode, { durability: "strict" });
      const asked = f(t.objectStore("entry"), t.objectStore("note"));
      await new Promise((yes, no) => { t.oncomplete = yes; t.onabort = t.onerror = () => no(t.error); });
      return asked?.result;
    } finally { db.close(); }
  };
  const note = (key) => run("readonly", (_, notes) => notes.get(key));
  const jot = (key, value) => run("readwrite", (_, notes) => { value === undefined ? notes.delete(key) : notes.put(value, key); });

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const origin = async () => {
    let is = await note("origin");
    if (!is) await jot("origin", is = key());
    return is;
  };

  const list = async (owner) => (await run("readonly", (entries) => entries.getAll())).filter((e) => e.owner === owner).sort((a, b) => a.made - b.made);
  const put = async (entry, former) => {
    await run("readwrite", (entries) => { entries.put(entry); if (former) entries.delete(former); });
    news.postMessage({});
  };
  const drop = async (id) => { await run("readwrite", (entries) => entries.delete(id)); news.postMessage({}); };
  // alter changes an entry that is still there: one that was discarded meanwhile stays discarded.
  const alter = async (id, f) => {
    await run("readwrite", (entries) => { const r = entries.get(id); r.onsuccess = () => { if (r.result) { f(r.result); entries.put(r.result); } }; });
    news.postMessage({});
  };

  // forget takes away the pages that were kept for reading without a network. What was entered stays.
  const forget = async () => {
    await jot("holder");
    for (const name of self.caches ? await caches.keys() : []) if (name.startsWith("thuoc-pages")) await caches.delete(name);
  };

  const send = async (e) => {
    const body = new FormData();
    for (const [name, value] of e.fields) body.append(name, value);
    for (const name of ["owner", "origin"]) body.append(name, e[name]);
    body.append("key", e.id);
    if (e.photo) body.append("photo", new Blob([e.photo], { type: "image/jpeg" }), "anh.jpg");
    const r = await fetch(e.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(120000) });
    const said = await r.json();
    if (r.status === 401) await forget();
    return said.state ? said : { state: "waiting" };
  };

  const open_ = ["waiting", "signin", "revoked"];
  // drain sends what waits, in the order in which it was entered, and tells how many still wait.
  const pass = async () => {
    const holder = await note("holder");
    let stop;
    for (const e of holder ? await list(holder) : []) {
      if (e.state === "sent" && Date.now() - e.at > 864e5) await drop(e.id);
      if (!open_.includes(e.state)) continue;
      let said = stop;
      if (!said) {
        news.postMessage({ sending: e.id });
        try { said = await send(e); } catch { said = { state: "waiting" }; } // no answer, or one that is not the house's
      }
      if (said.state === "other") break; // somebody else has signed in: theirs is not to touch
      await alter(e.id, (now) => {
        Object.assign(now, { state: said.state, words: said.words, over: said.over, at: Date.now() });
        if (said.state === "sent") { now.photo = null; now.fields = []; }
      });
      if (open_.includes(said.state)) stop = said;
    }
    news.postMessage({});
    return stop ? 1 : 0;
  };
  const drain = () => (navigator.locks ? navigator.locks.request("thuoc-outbox", pass) : pass());

  return { note, jot, key, origin, list, put, drop, alter, forget, drain };
})();
