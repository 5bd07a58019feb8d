// Between the course and the launch, in a frame: what binds a login to this browser when cookies may not come back.
// The order: a cookie; the platform's storage (LTI client-side postMessages 0.1); our own after the browser's
// permission (Storage Access API); a new window. The secret is kept and given back; nothing goes on without.
"use strict";
(function () {
  // Milliseconds for the platform's answers. Canvas names a storage in its apps as well, where nobody answers: a login
  // does not wait long. At the launch the storage has answered once already.
  const WITHIN = { login: { capabilities: 1000, data: 2000 }, launch: { capabilities: 5000, data: 5000 } };
  const ANSWERED_WITHIN = 3000; // by the tool itself and by the browser: whoever waits is offered a window in the end
  const KEPT_FOR = 600; // seconds: as long as a login may take

  const opening = document.getElementById("opening");
  const told = opening.dataset;
  const key = "state_" + told.state;
  const within = WITHIN[told.opening];

  function show(step, clicked) {
    opening.querySelectorAll("[data-step]").forEach(function (part) { part.hidden = part.dataset.step !== step; });
    const heading = opening.querySelector("[data-step='" + step + "'] h1");
    document.title = heading.textContent;
    if (clicked) { heading.focus(); } else { document.getElementById("live").textContent = heading.textContent; }
  }

  // What a promise gives, or something else when it takes too long.
  function soon(promise, otherwise) {
    return Promise.race([promise, new Promise(function (resolve) {
      window.setTimeout(resolve, ANSWERED_WITHIN, otherwise);
    })]);
  }

  // --- the platform's storage
  function host() { return window.parent !== window ? window.parent : window.opener; }

  // One question and its answer. An answer of another origin, to another question, or with an error is none.
  function ask(whom, origin, message, patience) {
    return new Promise(function (resolve) {
      const number = window.crypto.randomUUID ? window.crypto.randomUUID() : String(window.crypto.getRandomValues(new Uint32Array(4)));
      function end(answer) {
        window.clearTimeout(timer);
        window.removeEventListener("message", listen);
        resolve(answer);
      }
      function listen(event) {
        const answer = event.data;
        if (!answer || answer.subject !== message.subject + ".response" || answer.message_id !== number) { return; }
        if (origin === "*" ? event.source !== whom : event.origin !== origin) { return; }
        end(answer.error ? null : answer);
      }
      const timer = window.setTimeout(end, patience, null);
      window.addEventListener("message", listen);
      whom.postMessage(Object.assign({ message_id: number }, message), origin);
    });
  }

  async function storage() {
    if (!told.target || !host()) { return null; }
    const answer = await ask(host(), "*", { subject: "lti.capabilities" }, within.capabilities);
    const offered = new Map(((answer && answer.supported_messages) || []).map(function (one) { return [one.subject, one.frame]; }));
    if (!offered.has("lti.put_data") || !offered.has("lti.get_data")) { return null; }
    return function (message) {
      const frame = offered.get(message.subject) || told.target;
      const whom = frame === "_parent" ? host() : host().frames[frame];
      return whom ? ask(whom, told.origin, Object.assign({ key: key }, message), within.data) : null;
    };
  }

  async function putInPlatform() {
    const send = await storage();
    return Boolean(send && await send({ subject: "lti.put_data", value: told.secret }));
  }

  async function getFromPlatform() {
    const send = await storage();
    const answer = send && await send({ subject: "lti.get_data" });
    return answer && typeof answer.value === "string" ? answer.value : "";
  }

  // --- our own storage, if the browser permits it: a cookie that this script writes and reads, gone after the launch
  const own = "__Host-mentoring-" + key;
  function write(value, seconds) {
    document.cookie = own + "=" + value + "; Max-Age=" + seconds + "; Path=/; Secure; SameSite=None";
  }
  function read() {
    const found = document.cookie.split("; ").find(function (pair) { return pair.startsWith(own + "="); });
    return found ? found.slice(own.length + 1) : "";
  }

  // Without a click a browser answers only where it was asked before; it then asks nobody again.
  async function mayStore(clicked) {
    if (!document.requestStorageAccess) { return false; }
    try {
      if (!clicked && !(await soon(document.hasStorageAccess(), false))) {
        const permission = await soon(navigator.permissions.query({ name: "storage-access" }), {});
        if (permission.state !== "granted") { return false; }
      }
      const given = document.requestStorageAccess().then(function () { return true; });
      return await (clicked ? given : soon(given, false)); // a person may think as long as they like
    } catch {
      return false;
    }
  }

  async function putInOwn(clicked) {
    if (!(await mayStore(clicked))) { return false; }
    write(told.secret, KEPT_FOR);
    return read() === told.secret;
  }

  async function getFromOwn() {
    const found = await mayStore(false) ? read() : "";
    if (found) { write("", 0); }
    return found;
  }

  // --- the login: the platform's address is opened only once something binds it
  async function cookiesComeBack() {
    try {
      const asked = window.fetch(told.kept, { cache: "no-store" });
      const answer = await soon(asked.then(function (said) { return said.ok ? said.json() : null; }), null);
      return Boolean(answer && answer.kept === true);
    } catch {
      return false;
    }
  }

  function goOn() { window.location.replace(told.go); }

  async function stay(event) {
    event.target.disabled = true;
    if (await putInOwn(true)) { goOn(); return; }
    event.target.hidden = true;
    const refused = opening.querySelector("[data-stay-refused]");
    refused.textContent = refused.dataset.stayRefused;
    opening.querySelector("[data-window]").focus();
  }

  async function login() {
    if (await cookiesComeBack() || await putInPlatform() || await putInOwn(false)) { goOn(); return; }
    const button = opening.querySelector("[data-stay]");
    button.hidden = !document.requestStorageAccess;
    button.addEventListener("click", stay);
    opening.querySelector("[data-window]").addEventListener("click", function () {
      window.setTimeout(show, 0, "opened", true); // the hint is used up with the new window: the link works once
    });
    show("window");
  }

  // --- the launch: posted once more with the secret; the answer seats this page, or says why not
  async function launch() {
    const kept = await getFromPlatform() || await getFromOwn();
    if (!kept) { show("lost"); return; }
    const form = opening.querySelector("form");
    const body = new URLSearchParams(new FormData(form));
    body.set("kept", kept);
    await window.mentoring.takeSeat(form.action, body);
  }

  if (told.opening === "login") { login(); } else { launch(); }
}());
