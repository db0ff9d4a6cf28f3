// Progress from a telephone: photos made smaller, what is sent kept until it has arrived, and the tray that shows it.
// Without this script the same forms are sent as plain forms.
(() => {
  "use strict";
  const tray = document.getElementById("hang-doi");
  if (!tray || !self.indexedDB) return;
  const owner = tray.dataset.owner, count = tray.querySelector("[data-count]"), rows = tray.querySelector("ul");
  const say = document.getElementById("hang-doi-tin"), line = document.getElementById("hang-doi-dong");
  const news = new BroadcastChannel("thuoc");
  let sending, mine; // the entry on its way; the last one entered on this page

  // The tray.
  const two = (n) => String(n).padStart(2, "0");
  const clock = (ms) => { const d = new Date(ms); return `${two(d.getHours())}:${two(d.getMinutes())} ${two(d.getDate())}/${two(d.getMonth() + 1)}/${d.getFullYear()}`; };
  const row = (e) => {
    const li = line.content.cloneNode(true), state = e.id === sending ? "sending" : e.state;
    const root = li.firstElementChild;
    root.dataset.id = e.id;
    root.dataset.state = state;
    li.querySelector("strong").textContent = e.title;
    li.querySelector("[data-when]").textContent = clock(state === "sent" ? e.at : e.made);
    li.querySelector("[data-what]").textContent = e.fields.filter(([n, v]) => /^(done|note|a-.*)$/.test(n) && !/^(yes|no)?$/.test(v)).map(([, v]) => v).join(" · ").slice(0, 160);
    if (e.photo) li.querySelector("[data-what]").append(` · ${Math.ceil(e.photo.byteLength / 1024)} KB`);
    for (const el of li.querySelectorAll("[data-is]")) {
      const is = el.dataset.is.split(" ");
      if (!is.includes(state) && !(is.includes("over") && state === "clash" && e.over)) el.remove();
      else el.querySelector("b")?.append(e.words ?? "");
    }
    const edit = li.querySelector("[data-do=edit]");
    if (edit) edit.href = `${e.page}#sua-${e.id}`;
    return li;
  };
  let told = "";
  const show = async () => {
    const all = await outbox.list(owner), open = all.filter((e) => e.state !== "sent");
    tray.hidden = !all.length;
    const text = open.length ? count.dataset.some.replace("#", open.length) : count.dataset.none;
    count.textContent = text;
    tray.classList.toggle("still", !open.length);
    tray.classList.toggle("trouble", open.some((e) => e.state !== "waiting"));
    rows.replaceChildren(...all.map(row));
    const aloud = text + open.filter((e) => e.words).map((e) => ` ${e.title}: ${e.words}`).join("");
    if (all.length && aloud !== told) say.textContent = told = aloud;
    return all;
  };
  news.onmessage = async ({ data }) => {
    sending = data.sending;
    const all = await show(), own = all.find((e) => e.id === mine);
    if (own && ["clash", "wrong", "signin", "revoked"].includes(own.state)) tray.open = true;
    // What has arrived is on the page once it is loaded again; what is being entered into it comes first.
    if (own?.state === "sent" && !document.querySelector("form[data-touched]")) location.reload();
  };
  rows.addEventListener("click", async (ev) => {
    const what = ev.target.closest("[data-do]"), id = what?.closest("li").dataset.id;
    switch (what?.dataset.do) {
      case "now": return go();
      case "drop": return (!what.dataset.sure || confirm(what.dataset.sure)) && outbox.drop(id);
      case "over":
        await outbox.alter(id, (e) => { e.state = "waiting"; e.words = ""; e.fields = e.fields.filter(([n]) => n !== "seen"); });
        mine = id;
        return go();
    }
  });

  tray.addEventListener("toggle", () => { if (tray.open) tray.scrollIntoView({ block: "center" }); });

  // Sending: when something is entered, the page is opened or seen again, the network comes back, and in between.
  let wait = 5, timer;
  const go = async () => {
    clearTimeout(timer);
    const left = await outbox.drain();
    wait = left ? Math.min(wait * 2, 120) : 5;
    if (left) timer = setTimeout(() => { if (!document.hidden) go(); }, wait * 1000);
  };
  const wake = () => { if (!document.hidden) { wait = 5; go(); } };
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", (e) => { if (e.persisted) wake(); });
  const later = async () => { try { await (await navigator.serviceWorker.ready).sync?.register("thuoc"); } catch { /* the page sends */ } };

  // Photos: at most 1600 points a side, made anew, so that nothing but the picture is left of what the camera wrote.
  const shrink = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const jpeg = await new Promise((r) => canvas.toBlob(r, "image/jpeg", 0.8));
    return { canvas, bytes: await jpeg.arrayBuffer() };
  };
  // Time and place as the camera wrote them (Exif 2.32: tags 0x9003, 0x9011 and the GPS directory 0x8825), read before.
  const exif = (b) => {
    const d = new DataView(b), said = {};
    let at = 2;
    while (at + 10 < b.byteLength && d.getUint8(at) === 0xff && (d.getUint16(at) !== 0xffe1 || d.getUint32(at + 4) !== 0x45786966)) at += 2 + d.getUint16(at + 2);
    const base = at + 10, little = d.getUint16(base) === 0x4949;
    const u16 = (o) => d.getUint16(base + o, little), u32 = (o) => d.getUint32(base + o, little);
    const dir = (o) => {
      const tags = {};
      for (let i = 0, n = u16(o); i < n; i++) tags[u16(o + 2 + 12 * i)] = o + 10 + 12 * i; // where the value is, or its offset
      return tags;
    };
    const text = (o) => o && String.fromCharCode(...new Uint8Array(b, base + (u32(o - 4) > 4 ? u32(o) : o), u32(o - 4))).replace(/\0.*$/, "");
    const angle = (o, ref) => [0, 1, 2].reduce((sum, i) => sum + u32(u32(o) + 8 * i) / u32(u32(o) + 8 * i + 4) / 60 ** i, 0) * (/[SW]/.test(text(ref)) ? -1 : 1);
    const main = dir(u32(4)), own = main[0x8769] ? dir(u32(main[0x8769])) : {}, gps = main[0x8825] ? dir(u32(main[0x8825])) : {};
    const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text(own[0x9003]) ?? "");
    if (time) said.taken = `${time[1]}-${time[2]}-${time[3]}T${time[4]}${/^[+-]\d\d:\d\d/.exec(text(own[0x9011]) ?? "")?.[0] ?? "+07:00"}`;
    if (gps[2] && gps[4]) {
      const [lat, lon] = [angle(gps[2], gps[1]), angle(gps[4], gps[3])];
      if (lat || lon) Object.assign(said, { lat: lat.toFixed(6), lon: lon.toFixed(6) });
    }
    return said;
  };
  const facts = (file) => file.slice(0, 262144).arrayBuffer().then(exif).catch(() => ({}));

  // The forms.
  const photos = new WeakMap(); // what became of the file that a form has
  const choose = (form) => {
    const file = form.elements.photo.files[0], canvas = form.querySelector("canvas"), about = form.querySelector(".about");
    canvas.hidden = true;
    about.textContent = "";
    if (!file) { photos.delete(form); return; }
    const work = (async () => {
      const said = await facts(file);
      try {
        const small = await shrink(file);
        const scale = 160 / Math.max(small.canvas.width, small.canvas.height);
        Object.assign(canvas, { hidden: false, width: small.canvas.width * scale, height: small.canvas.height * scale });
        canvas.getContext("2d").drawImage(small.canvas, 0, 0, canvas.width, canvas.height);
        about.textContent = `${small.canvas.width} × ${small.canvas.height}, ${Math.ceil(small.bytes.byteLength / 1024)} KB`;
        return { bytes: small.bytes, said };
      } catch { return { bytes: await file.arrayBuffer(), said: {} }; } // the server makes it smaller, and reads what it says
    })();
    photos.set(form, work);
    work.then(() => tell(form));
  };
  const degrees = (s) => new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 5, maximumFractionDigits: 5 }).format(s);
  const tell = async (form) => {
    const out = form.querySelector("[data-facts]"), photo = await photos.get(form);
    out.textContent = "";
    if (!photo || !form.elements.consent.checked) return;
    const { taken, lat } = photo.said, says = [];
    if (taken) says.push(out.dataset.at.replace("#", `${taken.slice(11, 16)} ${taken.slice(8, 10)}/${taken.slice(5, 7)}/${taken.slice(0, 4)}`));
    if (lat) says.push(out.dataset.in.replace("#", `${degrees(lat)}; ${degrees(photo.said.lon)}`));
    out.textContent = says.join(", ") || out.dataset.none;
  };
  // put enters a value into a form; stands: it counts as what is there already, like what the page came with.
  const put = (form, name, value, stands) => {
    const of = form.elements[name], all = of?.length && !of.options ? [...of] : [of], el = all.find((x) => all.length < 2 || x.value === value);
    if (!el || /hidden|file/.test(el.type)) return;
    if (/radio|checkbox/.test(el.type)) el.checked = true; else el.value = value;
    if (stands) for (const x of all) { x.defaultChecked = x === el; x.defaultValue = x.value; }
  };
  // written is what somebody entered into a form that it did not come with.
  const written = (form) => [...form.elements].filter((el) => /radio|checkbox/.test(el.type) ? el.checked && !el.defaultChecked
    : /text|search|number|select/.test(el.type) && (el.options ? el.selectedIndex > 0 : el.value !== el.defaultValue)).map((el) => [el.name, el.value]);
  // Answers to questions that are entered and not sent yet stand in the form.
  const answers = (form, fields) => { for (const [n, v] of fields) if (n.startsWith("a-")) put(form, n, v, true); };
  const draft = (form) => `draft ${owner} ${form.dataset.queue}`;
  const enter = async (form, button) => {
    const photo = await photos.get(form), data = new FormData(form, button), own = written(form).map(([n]) => n);
    const fields = [...data].filter(([n, v]) => typeof v === "string" && n !== "key" && n !== "tiep" && (!n.startsWith("a-") || own.includes(n)));
    if (photo && data.has("consent")) fields.push(...Object.entries(photo.said));
    const entry = { id: outbox.key(), owner, origin: await outbox.origin(), action: form.getAttribute("action"), page: form.getAttribute("action").replace(/\/[^/]+$/, ""),
      title: form.dataset.title, fields, photo: photo?.bytes ?? form.former?.photo ?? null, made: Date.now(), state: "waiting" };
    mine = entry.id; // before it is kept: a round of sending that is under way may take it along
    await outbox.put(entry, form.former?.id);
    await outbox.jot(draft(form));
    delete form.former;
    delete form.dataset.touched;
    form.reset();
    answers(form, fields);
    choose(form);
    form.closest("details.do")?.removeAttribute("open");
    later();
    go();
  };
  for (const form of document.querySelectorAll("form[data-queue]")) {
    form.elements.photo.addEventListener("change", () => { form.dataset.touched = "1"; choose(form); });
    form.elements.consent.addEventListener("change", () => tell(form));
    let timer;
    form.addEventListener("input", () => {
      form.dataset.touched = "1";
      clearTimeout(timer);
      timer = setTimeout(() => outbox.jot(draft(form), { seen: form.elements.seen?.value, fields: written(form) }), 300);
    });
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      if (form.inert) return;
      form.inert = true; // until it is kept: a second tap enters nothing twice
      clearTimeout(timer);
      try { await enter(form, e.submitter); } catch {
        if (e.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: e.submitter.name, value: e.submitter.value }));
        form.submit(); // nothing can be kept here: it goes as a plain form
      }
      form.inert = false;
    });
    // What waits, and what was being written when the page was put away, as telephones do when the camera opens, is there
    // again; with what had been seen then, so that what others answered meanwhile is not overwritten unknowingly.
    outbox.list(owner).then(async (all) => {
      const was = await outbox.note(draft(form));
      if (form.dataset.touched || form.elements.note.value) return;
      for (const e of all) if (e.state === "waiting" && e.action === form.getAttribute("action")) answers(form, e.fields);
      for (const [n, v] of was?.fields ?? []) put(form, n, v);
      if (was?.seen && form.elements.seen) form.elements.seen.value = was.seen;
    }).catch(() => {});
  }
  // An entry that was not taken, back in its form to be corrected.
  const correct = async () => {
    const id = /^#sua-(\w+)$/.exec(location.hash)?.[1], e = id && (await outbox.list(owner)).find((x) => x.id === id);
    const form = e && [...document.querySelectorAll("form[data-queue]")].find((f) => f.getAttribute("action") === e.action);
    if (!form) return;
    for (const [n, v] of e.fields) put(form, n, v);
    form.former = e;
    form.dataset.touched = "1";
    form.scrollIntoView();
    form.elements.note.focus();
  };
  addEventListener("hashchange", correct);

  const worker = tray.dataset.worker && navigator.serviceWorker;
  if (worker) worker.register(tray.dataset.worker).catch(() => {});
  outbox.jot("holder", owner).then(show).then(correct).then(go).catch(() => {});
})();
