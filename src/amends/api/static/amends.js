// The little that the server cannot do: keys, drafts, ticking times, and the stream of news. Everything else is HTML and htmx.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const htmx = window.htmx;
const openCase = () => $("#case")?.dataset.case || "";

// Toasts: what was done, with a way back for some seconds.

let undoAddress = "";

function toast(text, { undo = "", bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo (u)";
    button.addEventListener("click", takeBack);
    box.append(button);
  }
  undoAddress = undo;
  $("#toasts").replaceChildren(box);
  setTimeout(() => box.remove(), undo || bad ? 10000 : 4000);
}

function takeBack() {
  if (!undoAddress) return toast("There is nothing to take back");
  const address = undoAddress;
  undoAddress = "";
  htmx.ajax("POST", address, { swap: "none" });
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail));

function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  if (status === 401) return signIn();
  let told = { message: "The server did not answer as it should." };
  try { told = JSON.parse(responseText); } catch { /* an answer from something between us and the server */ }
  toast(`${told.message} ${told.next || ""}`.trim(), { bad: true });
  if (status === 409 && openCase()) refreshCase();
});
document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. What you wrote is kept here.", { bad: true }));

// Times: the exact one on hover in the reader's zone, the relative one ticking. The words are those of words.py.

function span(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / 3600), days = Math.floor(seconds / 86400);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 && days < 7 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function tick(root = document) {
  const now = Date.now() / 1000;
  for (const time of $$("time[data-time]", root)) {
    const at = Date.parse(time.dateTime) / 1000, past = Math.max(0, now - at);
    if (!time.dataset.exact) {
      time.title = exact.format(at * 1000);
      time.dataset.exact = "1";
    }
    let text = span(past);
    if (time.dataset.time === "ago") text = at > now ? `in ${span(at - now)}` : past < 45 ? "just now" : `${text} ago`;
    if (time.dataset.time === "next") text = at > now ? `in ${span(at - now)}` : "now";
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, 10000);

// Going places: a view swaps the list, a row swaps the case; the address always says what is on screen.

function showCase(id, { push = true, focus = true } = {}) {
  if (!$("#case")) return location.assign(`/inbox/${id}`);
  markOpen(id);
  if (push) history.pushState({}, "", `/inbox/${id}${$("#list").dataset.query}`);
  return htmx.ajax("GET", `/inbox/${id}`, { target: "#case", swap: "outerHTML" }).then(() => {
    if (openCase() !== String(id)) return;
    $(`#row-${id}`)?.classList.remove("unread");
    $(`#row-${id} .dot`)?.remove();
    settleCase();
    if (focus) $("#case-title").focus({ preventScroll: true });
  });
}

function showList(address, { push = true, keepCase = false } = {}) {
  if (!$("#list")) return location.assign(address);
  return htmx.ajax("GET", address, { target: "#list", swap: "outerHTML" }).then(() => {
    if (!keepCase) closeCase();
    if (push) history.pushState({}, "", keepCase && openCase() ? `/inbox/${openCase()}${$("#list").dataset.query}` : address);
    for (const link of $$("#views a")) link.toggleAttribute("aria-current", false);
    $(`#views a[data-view="${$("#list").dataset.view}"]`)?.setAttribute("aria-current", "page");
    fresh.clear();
    markOpen(openCase());
    tick();
  });
}

function closeCase() {
  if (!openCase()) return;
  $("#case").replaceWith($("#no-case").content.cloneNode(true));
  markOpen("");
}

function markOpen(id) {
  for (const link of $$(".row a[aria-current]")) link.removeAttribute("aria-current");
  const link = id && $(`#row-${id} a`);
  if (!link) return;
  link.setAttribute("aria-current", "true");
  link.closest(".row").scrollIntoView({ block: "nearest" });
}

document.addEventListener("form-done", (event) => {
  for (const form of $$(`#form-${event.detail.form}, [data-form="${event.detail.form}"]`)) form.reset();
});
document.addEventListener("change", (event) => event.target.closest("[data-auto]")?.requestSubmit());

function settleCase() {
  const scroll = $("#thread-scroll");
  if (!scroll) return;
  scroll.scrollTop = scroll.scrollHeight;
  for (const form of $$("#composer form")) restoreDraft(form);
  tick($("#case"));
}

window.addEventListener("popstate", () => {
  const id = location.pathname.match(/^\/inbox\/(\d+)$/)?.[1];
  const query = location.search || "?view=open";
  if ($("#list") && query === $("#list").dataset.query) {
    if (id) showCase(id, { push: false });
    else closeCase();
  } else location.reload();
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.dataset.case) {
    event.preventDefault();
    showCase(link.dataset.case);
  } else if (link && $("#list") && (link.dataset.view || "go" in link.dataset)) {
    event.preventDefault();
    if ($("#rail").matches(":popover-open")) $("#rail").hidePopover();
    showList(link.getAttribute("href"));
  }
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (action && actions[action]) {
    if (action === "close-case") event.preventDefault();
    actions[action]();
  }
});

// Filters: the list follows as one types; the case beside it stays.

let typing = 0;

function applyFilters(form) {
  const query = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && !(name === "sort" && value === "newest")));
  const { name, selectionStart } = document.activeElement, unfolded = $(".filters").open;
  showList(`/inbox?${query}`, { keepCase: true }).then(() => {
    $(".filters").open = unfolded;
    const field = $(`[data-filters] [name="${name}"]`);
    field?.focus();
    if (name === "q") field.setSelectionRange(selectionStart, selectionStart);
  });
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-filters]");
  if (form) {
    clearTimeout(typing);
    typing = setTimeout(() => applyFilters(form), event.target.id === "search" ? 250 : 0);
  }
  if (event.target.matches("#composer textarea")) wrote(event.target.form);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  event.preventDefault();
  clearTimeout(typing);
  applyFilters(event.target);
});

// Writing: the draft is kept as one types, the length is the network's own count.

const draftName = (form) => `amends:${document.body.dataset.me}:${openCase()}:${form.dataset.box}`;

function wrote(form) {
  const text = form.elements.text.value, name = draftName(form);
  if (text.trim()) localStorage.setItem(name, JSON.stringify({ text, key: form.elements.key?.value, at: Date.now() }));
  else localStorage.removeItem(name);
  $("[data-saved]", form).hidden = !text.trim();
  allow(form);
  if (form.dataset.most) measure(form);
}

function allow(form, over = false) {
  for (const button of $$("[data-send]", form)) button.disabled = over || !form.elements.text.value.trim();
}

let measuring = 0;

function measure(form) {
  clearTimeout(measuring);
  measuring = setTimeout(async () => {
    const text = form.elements.text.value;
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(form.dataset.lengthOf, { method: "POST", headers: { ...headers, "HX-Request": "true" }, body: new URLSearchParams({ text }) });
    if (!answer.ok || form.elements.text.value !== text) return;
    const { length, most } = await answer.json();
    const shown = $("[data-length]", form);
    shown.textContent = length > most ? `${length - most} too long` : `${length.toLocaleString("en")} of ${most.toLocaleString("en")}`;
    shown.classList.toggle("near", length > most * 0.9 && length <= most);
    shown.classList.toggle("over", length > most);
    allow(form, length > most);
  }, 150);
}

function restoreDraft(form) {
  const kept = JSON.parse(localStorage.getItem(draftName(form)) || "null");
  if (!kept) return;
  form.elements.text.value = kept.text;
  if (kept.key && form.elements.key) form.elements.key.value = kept.key;
  $("[data-saved]", form).hidden = false;
  allow(form);
  if (form.dataset.most) measure(form);
}

function forgetOldDrafts() {
  const tooOld = Date.now() - 30 * 86400 * 1000;
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith("amends:"))) {
    if ((JSON.parse(localStorage.getItem(name))?.at || 0) < tooOld) localStorage.removeItem(name);
  }
}

document.addEventListener("draft-done", (event) => {
  const form = $(`#form-${event.detail.box}`);
  localStorage.removeItem(draftName(form));
  form.elements.text.value = "";
  if (form.elements.key) form.elements.key.value = event.detail.key;
  wrote(form);
  $("#thread-scroll").scrollTop = $("#thread-scroll").scrollHeight;
  form.elements.text.blur();
});

function write(box) {
  if (!$("#composer")) return;
  for (const name of ["reply", "note"]) {
    const chosen = name === box, tab = $(`#tab-${name}`);
    $(`#panel-${name}`).hidden = !chosen;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  $(`#${box}-text`).focus();
}

// The stream of news: counters move, rows change where they are, what is new waits behind a button.

const fresh = new Map();

function hear(news) {
  for (const place of $$("[data-count]")) {
    const value = String(news.counts[place.dataset.count] || (place.closest(".rail") ? "" : 0));
    if (place.textContent !== value) place.textContent = value;
  }
  for (const [id, html] of Object.entries(news.rows)) {
    const row = Object.assign(document.createElement("template"), { innerHTML: html.trim() }).content.firstElementChild;
    const shown = $(`#row-${id}`);
    if (shown) changeRow(shown, row);
    else if (belongs(row)) fresh.set(id, true);
  }
  showFreshCount();
  const shown = $("#case-head")?.dataset.event;
  if (openCase() in news.events && String(news.events[openCase()]) !== shown) {
    refreshCase();
    $("#said").textContent = "There is something new in the open case.";
  }
  tick();
}

// What a row says, without the times that tick.
const said = (row) => JSON.stringify([{ ...row.dataset }, row.className.replace(" changed", ""), $(".words", row).textContent, $(".marks", row).textContent]);

function changeRow(shown, row) {
  if (said(shown) === said(row)) return;
  const current = $("a", shown).hasAttribute("aria-current"), focused = shown.contains(document.activeElement);
  row.classList.add("changed");
  shown.replaceWith(row);
  if (current) $("a", row).setAttribute("aria-current", "true");
  if (focused) $("a", row).focus({ preventScroll: true });
}

const VIEWS = {
  open: (row) => row.status === "open",
  mine: (row) => (row.status === "open" || row.status === "waiting") && row.assignee === document.body.dataset.me,
  unassigned: (row) => row.status === "open" && !row.assignee,
  needs_look: (row) => row.status === "open" && row.look,
  waiting: (row) => row.status === "waiting",
  resolved: (row) => row.status === "resolved",
  all: () => true,
};

function belongs(row) {
  const list = $("#list")?.dataset, it = row.dataset;
  if (!list || !VIEWS[list.view](it) || list.text) return false;
  if (["brand", "network", "language", "mood"].some((name) => list[name] && list[name] !== it[name])) return false;
  const last = $$("#rows .row").at(-1)?.dataset;
  if (!last || !list.more) return true;
  return list.sort === "longest" ? Number(it.longest || Infinity) <= Number(last.longest || Infinity) : Number(it[list.sort]) >= Number(last[list.sort]);
}

function showFreshCount() {
  const button = $("#fresh");
  if (!button) return;
  button.hidden = !fresh.size;
  button.textContent = `${fresh.size > 99 ? "99+" : fresh.size} new. Show`;
}

function showFresh() {
  fresh.clear();
  $("#scroll").scrollTop = 0;
  showList(`/inbox${$("#list").dataset.query}`, { push: false, keepCase: true });
}

let refreshing = 0;

function refreshCase() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => openCase() && htmx.ajax("GET", `/inbox/${openCase()}/live`, { swap: "none", target: "#case" }), 60);
}

let unfolded = [], atEnd = false, focused = "";

document.addEventListener("htmx:beforeSwap", () => {
  const scroll = $("#thread-scroll");
  focused = document.activeElement.closest("#case-head, #thread, #customer") ? document.activeElement.id || "case-title" : "";
  unfolded = $$("#thread details[open]").map((part) => part.id);
  atEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
});
document.addEventListener("htmx:afterSettle", () => {
  if (focused && document.activeElement === document.body) (document.getElementById(focused) || $("#case-title"))?.focus({ preventScroll: true });
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (atEnd && $("#thread-scroll")) $("#thread-scroll").scrollTop = $("#thread-scroll").scrollHeight;
  for (const row of $$("#rows .row")) if ($$(`#${row.id}`).length > 1) $$(`#${row.id}`).at(-1).remove();
  markOpen(openCase());
  tick();
});

let source, last = Number(document.body.dataset.news || 0);

function listen() {
  source?.close();
  source = new EventSource(`/stream?after=${last}`);
  source.addEventListener("open", () => { document.body.dataset.live = "yes"; $(".connection")?.remove(); });
  source.addEventListener("news", (event) => { last = Number(event.lastEventId); hear(JSON.parse(event.data)); });
  source.addEventListener("again", (event) => { last = Number(event.lastEventId); if ($("#list")) showFresh(); if (openCase()) refreshCase(); });
  source.addEventListener("error", () => {
    document.body.dataset.live = "no";
    if (source.readyState === EventSource.CLOSED) setTimeout(knock, 3000);
    setTimeout(sayConnection, 4000);
  });
}

// The stream was refused rather than cut: either we are signed out, which the list's answer tells, or the server is not well yet.
function knock() {
  if (document.hidden) return;
  fetch(location.href, { headers: { "HX-Request": "true" } }).then((answer) => (answer.status === 401 ? signIn() : listen()), listen);
}

function sayConnection() {
  if (document.body.dataset.live === "yes" || $(".connection") || document.hidden) return;
  const bar = Object.assign(document.createElement("p"), { className: "connection", role: "status" });
  bar.textContent = "Not connected. The list stands still until the server is back; what you write is kept.";
  document.body.append(bar);
}

// The sources' health moves by itself too, unless somebody is filling in a form there.
setInterval(() => {
  const shown = $("#shown");
  if (shown && !document.hidden && !$("details[open]", shown)) htmx.ajax("GET", "/sources", { target: "#shown", select: "#shown", swap: "outerHTML" });
}, 15000);

let resting = 0;

// A hidden tab lets its connection go, since a browser keeps only six to one server; it catches up when it is looked at again.
document.addEventListener("visibilitychange", () => {
  if (!("news" in document.body.dataset)) return;
  clearTimeout(resting);
  if (document.hidden) resting = setTimeout(() => source?.close(), 30000);
  else if (source?.readyState === EventSource.CLOSED) listen();
});

// Keys.

const actions = {
  "theme": () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    document.cookie = `amends_theme=${dark ? "light" : "dark"};path=/;max-age=31536000;samesite=lax`;
  },
  "close-case": () => {
    const id = openCase();
    closeCase();
    history.pushState({}, "", `/inbox${$("#list").dataset.query}`);
    $(`#row-${id} a`)?.focus();
  },
  "show-fresh": showFresh,
  "go-back": () => history.back(),
  "tab-reply": () => write("reply"),
  "tab-note": () => write("note"),
  "customer": () => $("#case").classList.toggle("with-customer"),
  "help": () => $("#help")?.showModal(),
};

function step(by) {
  const links = $$(".row a");
  if (!links.length) return;
  const here = links.findIndex((link) => link === document.activeElement);
  const open = links.findIndex((link) => link.hasAttribute("aria-current"));
  const from = here >= 0 ? here : open;
  const next = links[Math.min(links.length - 1, Math.max(0, from + by))];
  next.focus({ preventScroll: true });
  next.closest(".row").scrollIntoView({ block: "nearest" });
  if (openCase()) showCase(next.dataset.case, { focus: false });
}

const press = (id) => { const button = $(id); if (button && !button.disabled) button.click(); };

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write("reply"),
  n: () => write("note"),
  a: () => openCase() && htmx.ajax("POST", `/inbox/${openCase()}/assign`, { values: { to: "me" }, swap: "none" }),
  e: () => press("#resolve"),
  u: takeBack,
  "/": () => $("#search")?.focus(),
  "?": actions.help,
};
const GO = { o: "open", m: "mine", u: "unassigned", l: "needs_look", w: "waiting", r: "resolved", a: "all" };
let going = 0;

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") return leave(field);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form?.dataset.box) {
    event.preventDefault();
    const button = (event.shiftKey && $('[data-send="both"]', field.form)) || $('[data-send="one"]', field.form);
    if (!button.disabled) button.click();
    return;
  }
  if (event.target.role === "tab" && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const other = event.target.id === "tab-reply" ? "note" : "reply";
    write(other);
    $(`#tab-${other}`).focus();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (going && Date.now() - going < 1500 && GO[event.key]) {
    going = 0;
    event.preventDefault();
    showList(`/inbox?view=${GO[event.key]}`);
  } else if (event.key === "g") going = Date.now();
  else if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

function leave(field) {
  if ($("dialog[open]")) return;
  if (field) field.blur();
  else if (openCase()) $(`#row-${openCase()} a`)?.focus();
}

forgetOldDrafts();
tick();
markOpen(openCase());
$(".row a[aria-current]")?.scrollIntoView({ block: "center" });
settleCase();
if ("news" in document.body.dataset) listen();
