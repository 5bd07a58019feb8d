// What the pages gain from a script. Every page works without it: links lead somewhere, forms are posted.
"use strict";
(function () {
  const root = document.documentElement;
  const framed = window.parent !== window;
  const LEAST_HEIGHT = 450; // pixels; a lower frame hides the bar and the next step
  const DIALOG_ROOM = 24; // pixels above and below a dialog; browsers keep 19 of them free

  // Before the first paint: outside a frame the device decides about light and dark, unless the person did.
  function chooseTheme() {
    if (framed || "themeChosen" in root.dataset) { return; }
    root.dataset.bsTheme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  chooseTheme();

  const byId = function (id) { return document.getElementById(id); };

  // --- the frame's height: subject lti.frameResize, as JSON text, which Canvas (doc/api/lti_window_post_message), Open
  // edX and Sakai take. Moodle sizes its frame by its own window and does not listen. The height tells nobody anything,
  // so any parent may read it. An open dialog lies outside of the page's flow and counts for itself.
  let told = 0;
  function heightWanted() {
    const dialog = document.querySelector("dialog[open]");
    const page = document.body.getBoundingClientRect().height;
    return Math.ceil(Math.max(LEAST_HEIGHT, page, dialog ? dialog.scrollHeight + 2 * DIALOG_ROOM : 0));
  }
  function tellHeight() {
    if (!framed) { return; }
    const height = heightWanted();
    if (height === told) { return; }
    told = height;
    window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height: height }), "*");
  }

  // --- focus: the list of errors first, else the heading of what has changed
  function focusOn(element) {
    if (!element.hasAttribute("tabindex")) { element.setAttribute("tabindex", "-1"); }
    element.focus();
  }
  function focusOnErrors(part) {
    const errors = part.querySelector(".m-errors");
    if (errors) { focusOn(errors); }
    return Boolean(errors);
  }
  // In a list that is changed step by step (data-steps) whoever goes on goes on where they were, if that is still there.
  function samePlace(part, request) {
    const event = request && request.triggeringEvent;
    if (!event || !request.elt.matches("[data-steps]")) { return null; }
    const was = event.submitter || event.target;
    if (was.id) { return part.querySelector("#" + window.CSS.escape(was.id)); }
    return Array.from(part.querySelectorAll("button")).find(function (one) {
      return one.name === was.name && one.value === was.value;
    });
  }
  function focusAfterSwap(part, verb, request) {
    if (focusOnErrors(part) || verb === "get") { return; }
    const same = samePlace(part, request);
    if (same) { same.focus(); return; }
    const heading = part.matches("[data-focus]") ? part : part.querySelector("[data-focus], h1, h2");
    if (heading) { focusOn(heading); }
  }

  // --- buttons say what they do while the answer is under way; a second press does nothing
  function busy(form, submitter) {
    const button = submitter || form.querySelector("[data-busy]");
    form.setAttribute("aria-busy", "true");
    if (button && button.dataset.busy) {
      button.dataset.said = button.innerHTML;
      button.textContent = button.dataset.busy;
    }
  }
  function ready(form) {
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[data-said]").forEach(restore);
    document.querySelectorAll("[form='" + form.id + "'][data-said]").forEach(restore);
  }
  function restore(button) {
    button.innerHTML = button.dataset.said;
    delete button.dataset.said;
  }

  // --- no answer of ours: the network, or somebody in between
  let lastTry = null;
  function sayNoAnswer(again, verb) {
    const template = byId("no-answer");
    if (!template) { return; }
    lastTry = again;
    sayProblem(template.content.cloneNode(true), verb);
  }
  function sayProblem(part, verb) {
    const problem = byId("problem");
    if (!problem) { return; }
    problem.replaceChildren(part);
    focusAfterSwap(problem, verb);
    tellHeight();
  }

  // --- native dialogs
  function openDialog(event, opener) {
    const dialog = byId(opener.dataset.dialog);
    if (!dialog || !dialog.showModal) { return; }
    event.preventDefault();
    dialog.showModal();
    putNear(dialog, opener);
    tellHeight();
    dialog.addEventListener("close", tellHeight, { once: true });
  }
  // A frame that has grown with its page is often taller than the screen: its middle may be far out of sight, the button
  // that was pressed is not.
  function putNear(dialog, opener) {
    if (!framed) { return; }
    const button = opener.getBoundingClientRect();
    const wished = button.top + button.height / 2 - dialog.offsetHeight / 2;
    const lowest = window.innerHeight - dialog.offsetHeight - DIALOG_ROOM;
    dialog.style.marginBlockStart = Math.max(DIALOG_ROOM, Math.min(wished, lowest)) + "px";
  }

  function copy(button) {
    const source = byId(button.dataset.copy);
    if (!source) { return; }
    navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim()).then(function () {
      button.textContent = button.dataset.copied;
      const live = byId("live");
      if (live) { live.textContent = button.dataset.copied; }
    }, function () {
      const range = document.createRange();
      range.selectNodeContents(source);
      window.getSelection().removeAllRanges();
      window.getSelection().addRange(range);
    });
  }

  function onClick(event) {
    const target = event.target.closest("[data-dialog], [data-dialog-close], [data-copy], [data-try-again], [data-lti-close]");
    if (!target) { return; }
    if ("dialog" in target.dataset) { openDialog(event, target); }
    if ("dialogClose" in target.dataset) { target.closest("dialog").close(); }
    if ("copy" in target.dataset) { copy(target); }
    // LTI Dynamic Registration 1.0: the platform closes the frame or window that it opened for us.
    if ("ltiClose" in target.dataset) {
      (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    }
    if ("tryAgain" in target.dataset && lastTry) { byId("problem").replaceChildren(); lastTry(); }
  }

  // --- forms: nothing typed is lost by leaving
  function unsaved() {
    return Array.from(document.querySelectorAll("form[data-keep]")).some(function (form) { return "dirty" in form.dataset; });
  }
  // A page that is put in place of this one without leaving the document asks here, for no browser asks then.
  function unlessUnsaved(leave) {
    if (!unsaved()) { leave(); return; }
    document.body.append(byId("unsaved").content.cloneNode(true));
    const question = document.body.lastElementChild;
    question.querySelector("[data-leave]").addEventListener("click", function () { question.close(); leave(); });
    question.addEventListener("close", function () { question.remove(); });
    question.showModal();
  }
  function onSubmit(event) {
    const form = event.target;
    if (form.method === "dialog") { return; }
    if (form.hasAttribute("aria-busy") && !form.hasAttribute("hx-get")) { event.preventDefault(); return; }
    delete form.dataset.dirty;
    if (form.method === "post") { busy(form, event.submitter); }
  }

  function wake(part) {
    part.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = !navigator.clipboard; });
    part.querySelectorAll("[data-lti-close]").forEach(function (button) { button.hidden = !(window.opener || framed); });
    part.querySelectorAll("form[data-autosubmit]").forEach(function (form) { form.requestSubmit(); });
  }

  function forgetTelling() {
    const address = new URL(window.location.href);
    if (!address.searchParams.has("told")) { return; }
    address.searchParams.delete("told");
    window.history.replaceState(window.history.state, "", address);
  }

  function clearToasts() {
    document.querySelectorAll("#told .m-toast").forEach(function (toast) {
      if (toast.dataset.leaving || toast.contains(document.activeElement)) { return; }
      toast.dataset.leaving = "yes";
      window.setTimeout(function () { if (!toast.contains(document.activeElement)) { toast.remove(); } }, 20000);
    });
  }

  // A page has just come, by the browser or in place of another one.
  function arrive() {
    wake(document);
    forgetTelling();
    clearToasts();
    tellHeight();
    return focusOnErrors(document);
  }
  // What seat.js needs, where the whole tool is one document.
  window.mentoring = {
    arriveInPlace: function (hash, quietly) {
      chooseTheme();
      const asked = hash ? byId(decodeURIComponent(hash.slice(1))) : null;
      if (!arrive() && !quietly) { focusOn(asked || document.querySelector("[data-focus], h1, main")); }
      if (asked) { asked.scrollIntoView(); }
    },
    isUnsaved: unsaved,
    ready: ready,
    sayNoAnswer: function (again) { sayNoAnswer(again, "post"); },
    sayProblem: function (part) { sayProblem(part, "post"); },
    unlessUnsaved: unlessUnsaved,
  };

  function listenToHtmx() {
    const settled = new WeakSet(); // answers whose first new element has had the focus already
    document.addEventListener("htmx:afterSettle", function (event) {
      const answer = event.detail.xhr;
      wake(event.target);
      if (answer && !settled.has(answer)) {
        settled.add(answer);
        const request = event.detail.requestConfig;
        focusAfterSwap(event.target, request ? request.verb : "get", request);
      }
      clearToasts();
      tellHeight();
    });
    document.addEventListener("htmx:afterRequest", function (event) {
      const sent = event.detail.requestConfig ? event.detail.requestConfig.elt : event.detail.elt; // elt is another once a swap took the form away
      const form = sent.closest("form");
      if (form) { ready(form); }
    });
    document.addEventListener("htmx:beforeSwap", function (event) {
      const answer = event.detail.xhr;
      if (answer.status < 400 || answer.status === 422 || answer.responseText.includes("data-problem")) { return; }
      event.detail.shouldSwap = false;
      sayNoAnswer(repeatOf(event.detail.requestConfig), event.detail.requestConfig.verb);
    });
    ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
      document.addEventListener(name, function (event) {
        sayNoAnswer(repeatOf(event.detail.requestConfig), event.detail.requestConfig.verb);
      });
    });
  }
  function repeatOf(request) {
    return function () {
      if (request.elt.isConnected && request.elt.matches("form")) { request.elt.requestSubmit(); } else { window.location.reload(); }
    };
  }

  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.matches("[data-keep]")) { form.dataset.dirty = "yes"; }
  });
  window.addEventListener("beforeunload", function (event) { if (unsaved()) { event.preventDefault(); } });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[aria-busy]").forEach(ready);
    told = 0; // a page that came back from the browser's memory stands in a frame of another page's height
    tellHeight();
  });
  document.addEventListener("DOMContentLoaded", function () {
    listenToHtmx();
    arrive();
    if (framed && "ResizeObserver" in window) { new ResizeObserver(tellHeight).observe(document.body); }
  });
}());
