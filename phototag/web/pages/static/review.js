// One question after the other. The server draws each; what was answered and left for later in this sitting is remembered
// by the tab. The pictures of the next question are fetched while somebody looks at this one.

import { all, ask, main, refresh, tell } from "/static/browse.js";

const page = () => document.querySelector(".review");
const question = () => document.querySelector(".question");
const field = () => document.querySelector("#answer-name");

// ---- The sitting: a list of { question, decision }, the newest last; no decision for what was left for later

const shelf = () => `review ${page().dataset.library}`;

function sitting() {
  try {
    return JSON.parse(sessionStorage.getItem(shelf())) || [];
  } catch {
    return [];
  }
}
const keep = (steps) => sessionStorage.setItem(shelf(), JSON.stringify(steps.slice(-2000)));
const later = () => sitting().filter((step) => !step.decision).map((step) => step.question).slice(-999);

// ---- The question shown

let again = null;
let busy = false;

async function show(first) {
  again = first || null;
  const query = new URLSearchParams(later().map((id) => ["skip", id]));
  if (first) query.set("first", first);
  field()?.blur();
  const was = document.querySelector("#aloud").textContent;
  await refresh({ done: "answer-name" }, "/", `/review?${query}`);
  document.querySelector("#aloud").textContent = `${was} ${document.querySelector("h1").textContent}`;
}

const waiting = [];
const early = new Set();

function fetchNext() {
  for (const address of (page().dataset.next || "").split(" ").filter((it) => it && !early.has(it))) {
    early.add(address);
    waiting.push(Object.assign(new Image(), { src: address }));
  }
  while (waiting.length > 200) early.delete(new URL(waiting.shift().src).pathname);
}

function settled() {
  if (!page()) return;
  const shown = question()?.dataset.question;
  if (shown && shown !== again && later().includes(shown)) return show();
  const answered = sitting().filter((step) => step.decision).length;
  const told = document.querySelector("[data-sitting]");
  if (told) {
    told.hidden = answered === 0;
    told.textContent = ` · ${answered.toLocaleString("en")} answered in this sitting`;
  }
  const undo = document.querySelector("#answer-undo");
  if (undo) {
    undo.hidden = !question() && sitting().length === 0;
    undo.setAttribute("aria-disabled", sitting().length === 0);
  }
  fetchNext();
}
document.addEventListener("settled", settled);

// ---- Answers

async function once(what) {
  if (busy) return;
  busy = true;
  main().setAttribute("aria-busy", "true");
  try {
    await what();
  } finally {
    main().removeAttribute("aria-busy");
    busy = false;
  }
}

const request = {
  yes: ({ question }) => ["/review", { question, answer: "yes" }],
  no: ({ question }) => ["/review", { question, answer: "no" }],
  name: ({ question }, name) => ["/review", { question, answer: "name", name }],
  ignore: ({ cluster }) => ["/people/ignore", { who: cluster }],
  "no-face": ({ faces }) => ["/faces/not-a-face", { faces: faces.split(" ") }],
};

async function answer(said, name) {
  const { dataset } = question();
  const came = await ask(...request[said](dataset, name));
  if (came.status === 404) tell({ said: "That was settled meanwhile. Nothing was changed; here is the next question." });
  else if (came.status === 409) tell({ ...came, said: `${came.said}\nThe question waits for your answer.` });
  else tell(came);
  if (came.bad && came.status !== 404) return;
  if (!came.bad) keep([...sitting(), { question: dataset.question, decision: came.decision }]);
  await show();
}

function quiet() {
  document.querySelector("#said").hidden = true;
  document.querySelector("#aloud").textContent = "";
}

async function leaveForLater() {
  quiet();
  keep([...sitting(), { question: question().dataset.question, decision: null }]);
  await show();
}

async function undo() {
  const steps = sitting();
  const last = steps.pop();
  if (!last) return tell({ said: "Nothing was answered in this sitting. What was decided before is in History." });
  if (last.decision) {
    const came = await ask("/undo", { decision: last.decision });
    tell({ ...came, decision: null });
    if (came.bad && (came.later || ![400, 404].includes(came.status))) return;
  } else {
    quiet();
  }
  keep(steps);
  await show(last.question);
}

function openField() {
  field().form.hidden = false;
  field().focus();
}

function closeField() {
  field().value = "";
  field().form.hidden = Boolean(document.querySelector("#answer-yes"));
  main().focus({ preventScroll: true });
}

const doing = {
  else: openField,
  skip: () => once(leaveForLater),
  undo: () => once(undo),
  again: () => once(async () => {
    keep(sitting().filter((step) => step.decision));
    await show();
  }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer]");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { answer: said } = button.dataset;
  if (doing[said]) doing[said]();
  else once(() => answer(said));
});

// The line that says what came of an answer offers to take it back: then its question comes back, too
document.addEventListener("click", (event) => {
  if (!event.target.closest("#said [data-do=undo]")) return;
  event.stopPropagation();
  once(undo);
}, true);

document.addEventListener("submit", (event) => {
  if (event.target !== field()?.form) return;
  event.preventDefault();
  const name = field().value.trim();
  if (name) once(() => answer("name", name));
});

// ---- Keys. Of a keyboard without Latin letters, those in the same places

const letter = ({ key, code }) => (/^[\x20-\x7e]$/.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape" && event.target === field()) closeField();
    return;
  }
  const enters = event.key === "Enter" && !event.target.matches("a, button, summary");
  if (field() && (enters || letter(event) === "e")) {
    event.preventDefault();
    return openField();
  }
  const button = event.key.length === 1 && document.querySelector(`[data-key="${CSS.escape(letter(event))}"]`);
  if (!button || button.hidden) return;
  event.preventDefault();
  button.click();
});

settled();
