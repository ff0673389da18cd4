// Pages are whole without this. It changes who is who by way of the API, and places boxes on faces.
// A page of its own kind has a module beside this one, which uses what is exported here, and hears "settled" after the page
// was drawn anew.

const API = "/api/v1";
const all = (what, within = document) => [...within.querySelectorAll(what)];
const main = () => document.querySelector("main");

// ---- What came of a decision

const said = document.querySelector("#said");
let told = {};

function tell(what) {
  told = what;
  said.hidden = false;
  said.classList.toggle("bad", Boolean(what.bad));
  said.querySelector("p").textContent = what.said;
  document.querySelector("#aloud").textContent = what.said;
  said.querySelector("[data-do=undo]").hidden = !what.decision && !what.undo;
  said.querySelector("[data-do=later]").hidden = !what.later;
}

async function ask(path, body, method = "POST") {
  try {
    const where = method === "DELETE" && body ? `${path}?${new URLSearchParams(body)}` : path;
    const answer = await fetch(API + where, {
      method,
      headers: { "Content-Type": "application/json", "X-Phototag": "1" },
      body: method === "DELETE" ? undefined : JSON.stringify(body),
    });
    const is = await answer.json();
    if (answer.ok) return is;
    const later = path === "/undo" && is.error.includes("--with-later") ? body.decision : null;
    return { bad: true, status: answer.status, said: is.error.replace(/ To take all of these back: .*$/s, ""), later };
  } catch {
    return { bad: true, said: "The server does not answer. Is phototag still running? Nothing was changed." };
  }
}

// ---- The page as it is now, in the place of what it was

async function refresh(focus, otherwise, address = location.href) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) {
    if (answer) leave(otherwise || "/");
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const kept = new Map(all("input.who", main()).filter((it) => it.value).map((it) => [it.id, it.value])); // as it is by now
  const here = document.activeElement;
  const [was, isTyping] = [here?.id, here?.matches?.("input.who") && here.value && here.id !== focus?.done];
  main().replaceChildren(...document.importNode(page.querySelector("main"), true).childNodes);
  document.title = page.title;
  for (const [id, value] of kept) {
    const input = document.getElementById(id);
    if (input && id !== focus?.done) input.value = value;
  }
  settle();
  const next = (isTyping ? [was] : [focus?.next, was]).map((id) => id && document.getElementById(id)).find((it) => it?.offsetParent);
  (next || main()).focus({ preventScroll: !next });
}

function leave(where) {
  sessionStorage.setItem("told", JSON.stringify(told));
  location.assign(where);
}

// ---- Forms

function words(form, button) {
  const found = {};
  for (const [key, value] of new FormData(form)) {
    if (key === "faces") (found.faces ??= []).push(value);
    else if (key === "decision") found.decision = Number(value);
    else if (value.trim() && !(button?.dataset.api && key === "name")) {
      found[key] = key in found ? [found[key], value.trim()].flat() : value.trim();
    }
  }
  if (button?.name) found[button.name] = button.value;
  return found;
}

// What takes a change of a saved search back: it is no decision, so it has no number.
function contrary(method, body, search) {
  if (method === "PUT") return { path: "/searches", body: { name: search.name }, method: "DELETE" };
  if (method === "DELETE") return { path: "/searches", body: search, method: "PUT" };
  return { path: "/searches/rename", body: { name: search.name, new: body.name }, method: "POST" };
}

let turn = Promise.resolve();
const sent = new WeakSet();

function after(form) {
  if (form.id === "chosen") {
    const these = picks();
    const last = these.findLastIndex((it) => it.checked);
    return { next: (these.slice(last + 1).find((it) => !it.checked) || these.find((it) => !it.checked))?.id };
  }
  const fields = all("input.who", main());
  const field = form.querySelector("input.who") || form.closest("li")?.querySelector("input.who");
  return field ? { done: field.id, next: fields[fields.indexOf(field) + 1]?.id } : null;
}

// One after the other: who types the next name while the last is written is not to press Enter in vain
function send(form, button) {
  if (sent.has(form)) return;
  sent.add(form);
  const [body, focus] = [words(form, button), after(form)];
  const go = () => decide(form, button, body, focus).finally(() => sent.delete(form));
  turn = turn.then(go, go);
}

async function decide(form, button, body, focus) {
  main().setAttribute("aria-busy", "true");
  try {
    const { method } = form.dataset;
    const came = await ask(button?.dataset.api || form.dataset.api, body, method);
    if (came.search) came.undo = contrary(method, body, came.search);
    tell(came);
    if (came.bad) return;
    const { then, by, empty } = form.dataset;
    if (then) leave(then + encodeURIComponent(by ? body[by] : ""));
    else await refresh(focus, empty);
  } finally {
    main().removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  send(form, event.submitter);
});

// ---- Buttons

const doing = {
  close: () => (said.hidden = true),
  none: () => choose(picks(), false),
  all: (button) => {
    const these = all(".pick", button.closest("section") || main());
    choose(these, !these.every((it) => it.checked));
    these[0]?.focus();
  },
  undo: async () => {
    const { path, body, method } = told.undo || { path: "/undo", body: { decision: told.decision } };
    const came = await ask(path, body, method);
    tell({ ...came, decision: null });
    if (!came.bad) await refresh();
  },
  later: async () => {
    const came = await ask("/undo", { decision: told.later, with_later: true });
    tell(came);
    if (!came.bad) await refresh();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) doing[button.dataset.do](button);
});

// ---- Choosing faces

const picks = () => all(".pick");
let anchor = null;

function choose(these, on) {
  for (const it of these) it.checked = on;
  count();
}

function count() {
  const bar = document.querySelector("#chosen");
  if (!bar) return;
  const n = picks().filter((it) => it.checked).length;
  bar.hidden = n === 0;
  bar.querySelector("[data-n]").textContent = n === 1 ? "1 face" : `${n.toLocaleString("en")} faces`;
}

function span(from, to, on) {
  const these = picks();
  const [a, b] = [these.indexOf(from), these.indexOf(to)].sort((x, y) => x - y);
  if (a >= 0) choose(these.slice(a, b + 1), on);
}

document.addEventListener("click", (event) => {
  if (!event.target.matches(".pick")) return;
  if (event.shiftKey && anchor?.isConnected) span(anchor, event.target, event.target.checked);
  else count();
  anchor = event.target;
});

let sweep = null; // a mouse that is pressed on one face and moves over others: all up to where it is are as the first becomes

document.addEventListener("pointerdown", (event) => {
  const it = event.target;
  if (event.pointerType !== "mouse" || event.button !== 0 || event.shiftKey || !it.matches?.(".pick")) return;
  sweep = { from: it, on: !it.checked, was: picks().map((pick) => [pick, pick.checked]), moved: false };
});

document.addEventListener("pointerover", (event) => {
  if (!sweep || !(event.buttons & 1) || !event.target.matches?.(".pick")) return;
  if (event.target === sweep.from && !sweep.moved) return;
  sweep.moved = true;
  for (const [pick, checked] of sweep.was) pick.checked = checked;
  span(sweep.from, event.target, sweep.on);
});

document.addEventListener("pointerup", (event) => {
  if (sweep?.moved) {
    anchor = sweep.from;
    if (event.target === sweep.from) sweep.from.checked = !sweep.on; // the click that follows changes it back
  }
  sweep = null;
});
document.addEventListener("dragstart", (event) => sweep && event.preventDefault());

function step(from, key) {
  const these = picks();
  const at = these.indexOf(from);
  if (key === "ArrowRight") return these[at + 1];
  if (key === "ArrowLeft") return these[at - 1];
  const here = from.getBoundingClientRect();
  const way = key === "ArrowDown" ? 1 : -1;
  const rows = these
    .map((it) => ({ it, box: it.getBoundingClientRect() }))
    .filter(({ box }) => way * (box.top - here.top) > 4);
  const far = ({ box }) => Math.abs(box.top - here.top) * 1000 + Math.abs(box.left - here.left);
  return rows.sort((a, b) => far(a) - far(b))[0]?.it;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = event.target;
  if (event.key === "Escape") {
    if (picks().some((it) => it.checked)) doing.none();
    else said.hidden = true;
  } else if (here.matches(".pick") && event.key.startsWith("Arrow")) {
    event.preventDefault();
    const to = step(here, event.key);
    if (!to) return;
    to.focus();
    if (event.shiftKey) {
      choose([here, to], true);
      anchor = to;
    }
  } else if (event.key === "/" && !here.matches("input")) {
    event.preventDefault();
    document.querySelector("#q, #seek")?.focus();
  } else if (!event.shiftKey && !here.matches("input, summary, button")) {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (rel) document.querySelector(`a[rel=${rel}]:not(.load)`)?.click();
  }
});

// ---- One photo

function place() {
  for (const mark of all(".mark[data-box]")) {
    const [left, top, right, bottom] = mark.dataset.box.split(" ").map(Number);
    Object.assign(mark.style, {
      left: `${left * 100}%`,
      top: `${top * 100}%`,
      width: `${(right - left) * 100}%`,
      height: `${(bottom - top) * 100}%`,
    });
    const middle = (left + right) / 2;
    mark.classList.toggle("from-left", middle < 0.18);
    mark.classList.toggle("from-right", middle > 0.82);
    mark.classList.toggle("above", bottom > 0.9);
    mark.hidden = false;
  }
}

function light(event) {
  const at = event.target.closest?.("[data-face]")?.dataset.face;
  for (const it of all("[data-face]")) it.classList.toggle("lit", it.dataset.face === at);
}
document.addEventListener("pointerover", light);
document.addEventListener("focusin", light);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".mark a");
  if (!link) return;
  event.preventDefault();
  const item = document.getElementById(link.hash.slice(1));
  item.scrollIntoView({ block: "nearest" });
  const change = item.querySelector("details.change");
  if (change) change.open = true;
  (item.querySelector("input.who") || item).focus({ preventScroll: true });
});

async function explain(details) {
  const into = details.querySelector(".because");
  if (details.dataset.done || !details.open) return;
  details.dataset.done = "1";
  const why = await fetch(`${API}/faces/${details.dataset.why}/why`).then((answer) => answer.json(), () => ({}));
  const line = (text) => Object.assign(document.createElement("p"), { textContent: text });
  into.replaceChildren(...[why.because || why.error || "The server does not answer.", ...(why.changes || [])].map(line));
  const near = (why.candidates || [])[0]?.references || [];
  if (near.length) {
    const row = document.createElement("p");
    row.className = "row";
    row.append(...near.slice(0, 6).map(({ face, distance }) => Object.assign(new Image(64, 64), {
      src: `${API}/faces/${face}/picture`, className: "face", alt: `${why.candidates[0].person}, distance ${distance}`,
      title: `${why.candidates[0].person}, distance ${distance}`,
    })));
    into.append(row);
  }
}
document.addEventListener("toggle", (event) => event.target.matches("[data-why]") && explain(event.target), true);

// ---- A grid that goes on

const watcher = new IntersectionObserver((seen) => seen.some((it) => it.isIntersecting) && more(), { rootMargin: "1200px" });

async function more() {
  const link = document.querySelector("a.load");
  if (!link || link.dataset.busy) return;
  link.dataset.busy = "1";
  const answer = await fetch(link.href).catch(() => null);
  if (!answer?.ok) return delete link.dataset.busy;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector(".grid").append(...document.importNode(page.querySelector(".grid"), true).children);
  const next = page.querySelector("a.load");
  if (!next) return link.closest("nav").remove();
  link.href = next.href;
  delete link.dataset.busy;
  watcher.unobserve(link);
  watcher.observe(link);
}
document.addEventListener("click", (event) => {
  if (!event.target.matches("a.load")) return;
  event.preventDefault();
  more();
});

// ---- At the beginning, and after each change

function settle() {
  place();
  count();
  anchor = null;
  for (const link of all("a.load")) watcher.observe(link);
  for (const details of all("[data-why][open]")) explain(details);
  const wrong = document.querySelector("#q[data-at]");
  if (wrong) {
    wrong.focus();
    wrong.setSelectionRange(Number(wrong.dataset.at), Number(wrong.dataset.at) + 1);
  }
  document.dispatchEvent(new Event("settled"));
}

export { API, all, ask, leave, main, refresh, tell };

settle();
const before = sessionStorage.getItem("told");
if (before) {
  sessionStorage.removeItem("told");
  tell(JSON.parse(before));
}
