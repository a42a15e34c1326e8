// Passkeys: asks the device for what the page's form is about, to make a passkey or to prove somebody by one, and sends
// what it said with that form. Shown only where the browser knows passkeys; nothing is kept here.
(() => {
  "use strict";
  const place = document.getElementById("passkey");
  const form = place?.querySelector("form");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;

  const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: decoded(one.id) }));

  // The question as the browser wants it: bytes where JSON has text.
  function question(asked) {
    const publicKey = { ...asked, challenge: decoded(asked.challenge) };
    if (asked.user) publicKey.user = { ...asked.user, id: decoded(asked.user.id) };
    if (asked.excludeCredentials) publicKey.excludeCredentials = known(asked.excludeCredentials);
    if (asked.allowCredentials) publicKey.allowCredentials = known(asked.allowCredentials);
    return { publicKey };
  }

  // What the device said, as JSON.
  function said({ id, rawId, type, response }) {
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = encoded(response[name]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return JSON.stringify({ id, rawId: encoded(rawId), type, response: parts });
  }

  const words = form.querySelector("[data-said]");
  function say(text) {
    words.hidden = !text;
    words.textContent = text || "";
  }
  // Who closes the device's question, or lets it pass, has only changed their mind.
  function reason(failure) {
    if (failure.name === "NotAllowedError" || failure.name === "AbortError") return form.dataset.cancelled;
    return failure.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
  }

  async function send() {
    const headers = { "X-CSRFToken": form.elements.csrf_token.value };
    form.elements.credential.value = "";
    const answer = await fetch(form.dataset.question, { method: "POST", body: new URLSearchParams(new FormData(form)), headers });
    if (answer.redirected) return location.assign(answer.url);
    if (!answer.ok) return say(answer.status === 429 ? form.dataset.many : form.dataset.failed);
    const asked = question(await answer.json());
    const device = navigator.credentials;
    const made = await (form.dataset.passkey === "create" ? device.create(asked) : device.get(asked)).catch((failure) => failure);
    if (made instanceof Error) return say(reason(made));
    form.elements.credential.value = said(made);
    return form.submit();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    say("");
    try { await send(); } catch { say(form.dataset.failed); }
    button.removeAttribute("aria-busy");
  });
  place.hidden = false;
  document.querySelector("[data-unscripted]")?.setAttribute("hidden", "");
})();
