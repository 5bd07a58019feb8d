// The LMS's side of the frame around a tool: it grows as the tool asks, and leaves when the tool says it is done.
"use strict";
const frame = document.querySelector("iframe.tool");
const LEAST = 450;
const MOST = 20000;

// The storage answers from the first question on: a tool waits a second for it, and then does without.
const storage = document.querySelector("iframe[name='lti_storage']");
function openTool() {
  if (frame.dataset.later) frame.src = frame.dataset.later;
  delete frame.dataset.later;
}
if (storage) {
  storage.addEventListener("load", openTool);
  storage.src = storage.dataset.later;
}

function read(data) {
  // Canvas's tools send either an object or the same as text.
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== frame.dataset.toolOrigin) return;
  const message = read(event.data);
  if (!message || typeof message !== "object") return;
  if (message.subject === "lti.frameResize") {
    const height = Number.parseInt(message.height, 10);
    if (height > 0) frame.height = Math.min(Math.max(height, LEAST), MOST);
  } else if (message.subject === "lti.capabilities" && frame.dataset.storage) {
    const told = { subject: "lti.capabilities.response", message_id: message.message_id, supported_messages: [
      { subject: "lti.capabilities" },
      { subject: "lti.put_data", frame: frame.dataset.storage },
      { subject: "lti.get_data", frame: frame.dataset.storage },
    ] };
    event.source.postMessage(told, event.origin);
  } else if (message.subject === "lti.scrollToTop") {
    frame.scrollIntoView({ block: "start" });
  } else if (message.subject === "org.imsglobal.lti.close" && frame.dataset.close) {
    window.location.assign(frame.dataset.close);
  }
});
