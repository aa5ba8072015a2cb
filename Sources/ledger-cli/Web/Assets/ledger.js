// What pages do better with a script: they slide without a click, and say when the ledger grows.
// Everything works without it, and nothing here makes markup from a text.
"use strict";

/** Replaces parts of the page by the same parts of another page of this server. */
async function refresh(address, ids, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ids) {
    const fresh = page.getElementById(id);
    const stale = document.getElementById(id);
    if (fresh && stale) stale.replaceWith(document.adoptNode(fresh));
  }
  return page;
}

/** Lets the slider show the state while it moves; the newest wish wins. */
function slide() {
  const form = document.getElementById("slider");
  if (!form) return;
  const moment = document.getElementById("moment");
  const known = document.getElementById("known");
  const knownAt = document.getElementById("known-at");
  let running = null;
  let timer = 0;

  function address() {
    const fields = new URLSearchParams({ moment: moment.value });
    if (known.checked) {
      fields.set("known", "on");
      fields.set("known-at", knownAt.value);
    }
    return form.action + "?" + fields;
  }

  async function show() {
    if (running) running.abort();
    const own = (running = new AbortController());
    const view = document.getElementById("view");
    view.setAttribute("aria-busy", "true");
    try {
      const page = await refresh(address(), ["view", "moment-time"], own.signal);
      const strip = page.querySelector("#slider .strip");
      if (strip) form.querySelector(".strip").replaceWith(document.adoptNode(strip));
      moment.setAttribute("aria-valuetext", document.getElementById("moment-time").textContent);
      history.replaceState(null, "", address());
    } catch (error) {
      if (error.name !== "AbortError") view.setAttribute("aria-busy", "false");
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(show, 60);
  }

  for (const field of [moment, known, knownAt]) field.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
}

/** Follows the ledger: the count always, the page itself where it shows the present. */
function follow() {
  const count = document.getElementById("size");
  const news = document.getElementById("news");
  if (!count || !window.EventSource) return;
  let shown = Number(count.dataset.size);
  const source = new EventSource("/api/v1/stream");
  source.addEventListener("head", async (event) => {
    const size = Number(event.data);
    if (!Number.isSafeInteger(size) || size <= shown) return;
    const more = size - shown;
    shown = size;
    count.textContent = size + " events";
    count.dataset.size = String(size);
    const knownAt = document.getElementById("known-at");
    if (knownAt) knownAt.max = String(size);
    // Only the overview and the newest events change under the reader; other pages just say so.
    const isLive = ["/", "/events"].includes(location.pathname) && !location.search;
    if (isLive && !document.getElementById("main").contains(document.activeElement)) {
      try {
        await refresh(location.href, ["main"]);
      } catch {
        // The count is right; the next event brings the rest.
      }
    }
    news.textContent = more === 1 ? "1 new event" : more + " new events";
  });
  window.addEventListener("pagehide", () => source.close());
}

slide();
follow();
