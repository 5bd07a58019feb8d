// Forms that a passkey answers: press, ask our server what to ask, ask the browser, send its answer with the form.
"use strict";
(function () {
  const bytes = function (text) {
    const plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  };
  const text = function (buffer) {
    let plain = "";
    new Uint8Array(buffer).forEach(function (byte) { plain += String.fromCharCode(byte); });
    return window.btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  // Written out, as not every browser has PublicKeyCredential.parseRequestOptionsFromJSON and toJSON.
  function wanted(asked) {
    asked.challenge = bytes(asked.challenge);
    if (asked.user) { asked.user.id = bytes(asked.user.id); }
    ["allowCredentials", "excludeCredentials"].forEach(function (name) {
      (asked[name] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return { publicKey: asked };
  }
  function sendable(credential) {
    const made = credential.response;
    const response = { clientDataJSON: text(made.clientDataJSON) };
    ["authenticatorData", "signature", "userHandle", "attestationObject"].forEach(function (name) {
      if (made[name] && (name !== "authenticatorData" || made.signature)) { response[name] = text(made[name]); }
    });
    if (made.getTransports) { response.transports = made.getTransports(); }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response });
  }

  function say(form, words) {
    const problem = document.getElementById(form.id + "-problem");
    problem.hidden = !words;
    problem.querySelector("div").textContent = words;
    if (words) { problem.focus(); }
  }
  function rest(form, button) {
    form.removeAttribute("aria-busy");
    button.innerHTML = button.dataset.said;
    delete button.dataset.said;
  }

  async function answer(form, button) {
    let asked;
    try {
      const reply = await fetch(form.dataset.ask, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin",
      });
      asked = await reply.json();
      if (!reply.ok) { say(form, asked.title); return; }
    } catch (_lost) {
      say(form, form.dataset.lost);
      return;
    }
    try {
      const credential = await navigator.credentials[form.dataset.passkey](wanted(asked));
      form.elements.credential.value = sendable(credential);
    } catch (refused) {
      say(form, refused.name === "SecurityError" ? form.dataset.unknown : form.dataset.cancelled);
      return;
    }
    form.submit();
  }

  async function press(event) {
    const form = event.target;
    if (!form.matches("[data-passkey]")) { return; }
    event.preventDefault();
    event.stopPropagation(); // the other script would take the form for sent
    if (form.hasAttribute("aria-busy")) { return; }
    if (!window.PublicKeyCredential) { say(form, form.dataset.unknown); return; }
    const button = form.querySelector("[data-busy]");
    say(form, "");
    form.setAttribute("aria-busy", "true");
    button.dataset.said = button.innerHTML;
    button.textContent = button.dataset.busy;
    form.elements.credential.value = "";
    await answer(form, button);
    if (!form.elements.credential.value) { rest(form, button); }
  }

  // The link's secret stands behind the #, where no server sees it: into the form with it, out of the address.
  function takeLink() {
    const field = document.querySelector("input[name='link']");
    if (!field || window.location.hash.length < 2) { return; }
    field.value = window.location.hash.slice(1);
    window.history.replaceState(null, "", window.location.pathname);
    if (field.form.hasAttribute("data-at-once")) { field.form.requestSubmit(); } // it asks only, and uses nothing up
  }

  window.addEventListener("submit", press, true);
  window.addEventListener("hashchange", takeLink); // the link once more, while its page is open
  takeLink();
}());
