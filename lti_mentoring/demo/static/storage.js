// Keeps data for tools in the page's memory (LTI postMessage storage 0.1): a tool reads only what its own origin put.
"use strict";
const allowed = document.body.dataset.allowed.split(" ");
const kept = new Map();

function answer(message, origin) {
  if (!allowed.includes(origin)) return { error: { code: "wrong_origin", message: "No tool of this course" } };
  const { key, value } = message;
  if (typeof key !== "string" || !key) return { error: { code: "bad_request", message: "A key is needed" } };
  const place = JSON.stringify([origin, key]);
  if (message.subject === "lti.get_data") return { key, value: kept.get(place) ?? null };
  if (typeof value === "string") kept.set(place, value);
  else kept.delete(place);
  return { key, value };
}

window.addEventListener("message", (event) => {
  const message = event.data;
  if (!message || !["lti.put_data", "lti.get_data"].includes(message.subject) || !message.message_id) return;
  const said = { subject: `${message.subject}.response`, message_id: message.message_id, ...answer(message, event.origin) };
  event.source.postMessage(said, event.origin);
});
