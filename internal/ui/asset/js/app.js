// The working app's script. Every page works without it, but for passkeys, which are a thing of scripts: it saves drafts
// while somebody writes, leads to what is wrong, copies what is shown once, and speaks to the keys of this device.
(() => {
  "use strict";
  document.querySelector("[data-focus]")?.focus();

  // Drafts: two seconds after the last change the whole form goes to the address that keeps drafts, secrets excepted.
  for (const form of document.querySelectorAll("form[data-save]")) {
    const line = form.querySelector(".saved");
    let timer, sent = "";
    const save = () => {
      const data = new FormData(form);
      for (const el of form.querySelectorAll("[data-secret],[type=file]")) data.delete(el.name);
      const body = new URLSearchParams(data);
      if (String(body) === sent) return;
      sent = String(body);
      fetch(form.dataset.save, { method: "POST", body, keepalive: true })
        .then((r) => { if (r.ok && line) line.textContent = form.dataset.saved; }, () => { sent = ""; });
    };
    form.addEventListener("input", () => { clearTimeout(timer); if (line) line.textContent = ""; timer = setTimeout(save, 2000); });
    addEventListener("pagehide", () => { if (timer && !form.dataset.gone) save(); });
    // A second press while the first is on its way would be harmless; not offering it is kinder.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      form.dataset.gone = "1";
      setTimeout(() => { for (const b of form.querySelectorAll("button:not([type=button])")) b.disabled = true; });
    });
  }
  addEventListener("pageshow", (e) => {
    if (e.persisted) for (const b of document.querySelectorAll("form button:disabled")) b.disabled = false;
  });

  document.addEventListener("click", async (e) => {
    const b = e.target.closest("[data-copy]");
    if (!b) return;
    await navigator.clipboard.writeText(b.dataset.copy);
    b.classList.add("done");
    b.querySelector("use")?.setAttribute("href", b.querySelector("use").getAttribute("href").replace(/#.*/, "#check"));
  });

  // Passkeys. The server's options arrive as JSON with bytes in base64url; the answer goes back in a form.
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const revive = (o) => {
    o.challenge = bytes(o.challenge);
    if (o.user) o.user.id = bytes(o.user.id);
    for (const list of [o.allowCredentials, o.excludeCredentials]) for (const c of list || []) c.id = bytes(c.id);
    return o;
  };
  const flat = (c) => {
    const response = {};
    for (const k of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (c.response[k]) response[k] = text(c.response[k]);
    if (c.response.getTransports) response.transports = c.response.getTransports();
    return { id: c.id, rawId: text(c.rawId), type: c.type, response, authenticatorAttachment: c.authenticatorAttachment ?? undefined,
      clientExtensionResults: c.getClientExtensionResults() };
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", async (e) => {
      if (form.elements.tra_loi.value) return;
      e.preventDefault();
      const say = form.querySelector(".say-key");
      try {
        const r = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        if (r.redirected) { location = r.url; return; } // first prove who it is
        if (!r.ok) throw new Error(r.status);
        const o = await r.json();
        form.elements.nghi_thuc.value = o.ceremony;
        const kind = form.dataset.make ? "create" : "get";
        const c = await navigator.credentials[kind]({ publicKey: revive(o.options.publicKey ?? o.options) });
        form.elements.tra_loi.value = JSON.stringify(flat(c));
        form.submit();
      } catch (err) { say.textContent = say.dataset.failed; }
    });
  }
})();
