// The whole tool in one document, where no cookie comes back: the seat's secret is held here, in this page's memory,
// and sent in a header. Pages are fetched and shown in place; what must be an address of its own (a download, a new
// window) goes by a ticket that opens it once.
"use strict";
(function () {
  const HEADER = "X-Mentoring-Seat";
  const FIELD = "mentoring_seat";
  const ours = window.mentoring;
  let seat = "";
  let shown = window.location.href; // the page on show; the address bar runs ahead of it on Back
  let underWay = null;

  function proof() { return document.querySelector("meta[name='csrf-token']").content; }
  function isOurs(address) { return address.origin === window.location.origin; }

  // --- fetching
  function send(address, options) {
    const headers = Object.assign({ Accept: "text/html" }, seat ? { [HEADER]: seat, "X-CSRF-Token": proof() } : {});
    return window.fetch(address, Object.assign({ mode: "same-origin", credentials: "omit", cache: "no-store", headers: headers }, options));
  }
  function isPage(answer) {
    const kind = answer.headers.get("Content-Type") || "";
    return kind.startsWith("text/html") && !answer.headers.has("Content-Disposition");
  }

  // A page by its address. `kept`: the history has its entry already (Back, Forward, the first page).
  async function visit(to, kept) {
    const address = new URL(to, window.location.href);
    const answer = await request(address, {}, function () { visit(to, kept); });
    if (!answer) { return; }
    if (!isPage(answer)) { answer.body.cancel(); fetchFile(address); return; }
    await show(answer, address, kept ? "replaceState" : "pushState");
  }

  // The first page takes no focus: it would be taken from the course around, where somebody may be typing.
  async function visitFirst(to) {
    const address = new URL(to, window.location.href);
    const answer = await request(address, {}, function () { visitFirst(to); });
    if (answer) { await show(answer, address, "replaceState", true); }
  }

  async function request(address, options, again) {
    if (underWay) { underWay.abort(); }
    const turn = underWay = new AbortController();
    try {
      return await send(address, Object.assign({ signal: turn.signal }, options));
    } catch {
      if (turn === underWay) { ours.sayNoAnswer(again); }
      return null;
    } finally {
      if (turn === underWay) { underWay = null; }
    }
  }

  // `remember`: the way in which the history takes it in; none for a form that came back.
  async function show(answer, address, remember, quietly) {
    const page = read(await answer.text());
    const place = new URL(answer.url);
    place.hash = address.hash;
    if (remember && place.href !== window.location.href) { window.history[remember](null, "", place); }
    put(page);
    window.scrollTo(0, 0);
    ours.arriveInPlace(place.hash, quietly);
    shown = window.location.href;
  }
  function read(text) { return new DOMParser().parseFromString(text, "text/html"); }

  // The new page in this document: language, direction and theme, title, style sheets, proof, and everything on it.
  function put(page) {
    copyAttributes(page.documentElement, document.documentElement);
    document.title = page.title;
    document.querySelector("meta[name='csrf-token']").content = page.querySelector("meta[name='csrf-token']").content;
    const wanted = sheets(page);
    sheets(document).forEach(function (link, href) { if (!wanted.has(href)) { link.remove(); } });
    wanted.forEach(function (link, href) { if (!sheets(document).has(href)) { document.head.prepend(link); } });
    copyAttributes(page.body, document.body);
    document.body.replaceChildren(...page.body.childNodes);
    window.htmx.process(document.body);
  }
  function sheets(page) {
    return new Map(Array.from(page.querySelectorAll("link[rel='stylesheet']"), function (link) { return [link.getAttribute("href"), link]; }));
  }
  function copyAttributes(from, to) {
    to.getAttributeNames().forEach(function (name) { if (!from.hasAttribute(name)) { to.removeAttribute(name); } });
    from.getAttributeNames().forEach(function (name) { to.setAttribute(name, from.getAttribute(name)); });
  }

  // --- forms
  async function post(form, body, address) {
    const answer = await request(address, { method: "POST", body: body }, function () { form.requestSubmit(); });
    if (!answer) { ours.ready(form); return; }
    if (answer.ok || answer.status === 422) { await show(answer, address, answer.redirected ? "pushState" : ""); return; }
    const page = read(await answer.text());
    ours.ready(form);
    ours.sayProblem(page.querySelector("main > section") || page.querySelector("main")); // what was typed stays
  }

  function onSubmit(event) {
    const form = event.target;
    const button = event.submitter;
    const address = new URL((button && button.getAttribute("formaction")) || form.getAttribute("action") || shown, shown);
    if (event.defaultPrevented || form.method === "dialog" || !isOurs(address)) { return; }
    if (form.hasAttribute("data-leaves")) { carrySeat(form); return; }
    event.preventDefault();
    const filled = new FormData(form, button);
    if (form.method === "get") {
      address.search = new URLSearchParams(filled);
      visit(address);
    } else {
      post(form, form.enctype === "multipart/form-data" ? filled : new URLSearchParams(filled), address);
    }
  }

  // A form whose answer leads back to the course has to be a document of its own: the seat goes along in a field.
  function carrySeat(form) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: FIELD, value: seat });
    form.append(field);
  }

  // --- links
  function onClick(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button > 1) { return; }
    const address = new URL(link.getAttribute("href"), shown);
    if (!isOurs(address) || link.getAttribute("href").startsWith("#")) { return; }
    const elsewhere = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    event.preventDefault();
    if (link.hasAttribute("download") || "file" in link.dataset) { fetchFile(address); return; }
    if (elsewhere || (link.target && link.target !== "_self")) { openWindow(address); return; }
    ours.unlessUnsaved(function () { visit(address); });
  }

  // --- tickets
  async function ticket(address, more) {
    const asked = new URLSearchParams(Object.assign({ address: address.pathname + address.search }, more));
    try {
      const answer = await send("/seat/ticket", { method: "POST", body: asked });
      return answer.ok ? (await answer.json()).address + address.hash : "";
    } catch {
      return "";
    }
  }
  async function fetchFile(address) {
    const found = await ticket(address, {});
    if (!found) { ours.sayNoAnswer(function () { fetchFile(address); }); return; }
    const link = document.createElement("a");
    Object.assign(link, { href: found, download: "", rel: "noreferrer" });
    link.click(); // outside the page, so that it is no link of the page to our own listener
  }
  async function openWindow(address) {
    const opened = window.open("", "_blank"); // at once: a browser allows it only while it handles the click
    const found = await ticket(address, { window: "yes" });
    if (!opened || !found) {
      if (opened) { opened.close(); }
      ours.sayNoAnswer(function () { openWindow(address); });
      return;
    }
    opened.opener = null;
    opened.location.replace(found);
  }

  // --- Back and Forward
  function onHistory() {
    const wanted = window.location.href;
    if (wanted.split("#")[0] === shown.split("#")[0]) { shown = wanted; return; }
    if (!ours.isUnsaved()) { visit(wanted, true); return; }
    window.history.pushState(null, "", shown);
    ours.unlessUnsaved(function () { visit(wanted); });
  }

  function hold(secret) {
    seat = secret;
    window.onpopstate = null; // htmx would load the address anew, and nothing would carry the seat there
    window.addEventListener("popstate", onHistory);
    document.addEventListener("click", onClick);
    document.addEventListener("auxclick", onClick);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("htmx:configRequest", function (event) { event.detail.headers[HEADER] = seat; });
    document.addEventListener("htmx:pushedIntoHistory", function () { shown = window.location.href; });
    document.addEventListener("htmx:beforeOnLoad", function (event) {
      const to = event.detail.xhr.getResponseHeader("HX-Location");
      if (!to) { return; }
      event.preventDefault();
      visit(to);
    });
  }

  // --- how the secret gets here: in the answer to a launch, or in the page that a ticket or a form opened
  ours.takeSeat = async function (address, body) {
    const answer = await request(new URL(address), { method: "POST", body: body }, function () { ours.takeSeat(address, body); });
    if (!answer) { return; }
    if (!answer.ok) { put(read(await answer.text())); ours.arriveInPlace("", true); return; }
    const taken = await answer.json();
    hold(taken.seat);
    await visitFirst(taken.address);
  };

  function begin() {
    const given = document.querySelector("meta[name='mentoring-seat']");
    if (!given) { return; }
    const secret = given.content;
    given.remove();
    const place = new URL(window.location.href);
    place.searchParams.delete("ticket");
    window.history.replaceState(null, "", place);
    shown = window.location.href;
    hold(secret);
  }
  begin();
}());
