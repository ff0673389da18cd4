// Help as you type a query: names and terms for what stands before the caret. Without this, the field is only a field.

import { all } from "/static/browse.js";

const TERMS = ["date:", "path:", "camera:", "near:", "dated:", "faces>=", "unknown=0", "only(", "together("];
const MOST = 8;
const PLAIN = /^(?!(?:and|or|not|only|together|faces|unknown)$)[\p{L}\p{N}_][\p{L}\p{N}_.'-]*$/iu;

const key = (text) => text.normalize("NFKC").toLocaleLowerCase();
const quoted = (name) => (PLAIN.test(name) ? name : `"${name.replace(/[\\"]/g, "\\$&")}"`);
const names = () => all("#names option").map((it) => it.value);
const field = () => document.querySelector("#q");
const list = () => document.querySelector("#offers");

let from = 0;
let at = -1;

// The places where what is being typed may have begun, the farthest first: a name may have spaces in it.
function beginnings(before) {
  const quotes = [...before.matchAll(/\\.|"/gs)].filter((it) => it[0] === '"');
  if (quotes.length % 2) return [quotes.at(-1).index];
  const cut = Math.max(...[..."&|!(),"].map((it) => before.lastIndexOf(it)), quotes.at(-1)?.index ?? -1) + 1;
  const start = cut + before.slice(cut).search(/\S|$/);
  return [start, ...[...before.slice(start).matchAll(/\s+/g)].map((it) => start + it.index + it[0].length)];
}

function fitting(typed, isAfterOperator) {
  const wanted = key(typed.replace(/^"/, ""));
  if (!wanted) return isAfterOperator ? names().slice(0, MOST).map((name) => [name, quoted(name)]) : [];
  const parts = (name) => [key(name), ...key(name).split(/[\s-]+/)];
  const people = names().filter((name) => parts(name).some((part) => part.startsWith(wanted)));
  const first = people.sort((a, b) => key(b).startsWith(wanted) - key(a).startsWith(wanted));
  const found = first.map((name) => [name, quoted(name)]);
  if (!typed.startsWith('"')) found.push(...TERMS.filter((it) => it.startsWith(wanted)).map((it) => [it, it]));
  return found.filter(([, text]) => text !== typed).slice(0, MOST);
}

function offer() {
  const input = field();
  const before = input.value.slice(0, input.selectionStart);
  let found = [];
  for (const start of input.selectionStart === input.selectionEnd ? beginnings(before) : []) {
    from = start;
    found = fitting(before.slice(start), /[&|!(,]\s*$/.test(before.slice(0, start)));
    if (found.length) break;
  }
  list().replaceChildren(...found.map(([shown, text], n) => {
    const item = document.createElement("li");
    Object.assign(item, { id: `offer-${n}`, role: "option" });
    item.dataset.text = text;
    item.append(Object.assign(document.createElement("bdi"), { textContent: shown }));
    return item;
  }));
  list().hidden = found.length === 0;
  mark(-1);
}

function mark(n) {
  const items = [...list().children];
  at = n;
  items.forEach((it, i) => it.setAttribute("aria-selected", i === n));
  items[n]?.scrollIntoView({ block: "nearest" });
  field().setAttribute("aria-expanded", !list().hidden);
  if (items[n]) field().setAttribute("aria-activedescendant", items[n].id);
  else field().removeAttribute("aria-activedescendant");
}

function close() {
  list().hidden = true;
  mark(-1);
}

function take(item) {
  const input = field();
  let end = input.selectionStart;
  if (item.dataset.text.startsWith('"') && input.value[end] === '"') end += 1;
  input.setRangeText(item.dataset.text, from, end, "end");
  close();
  if (/[:(]$/.test(item.dataset.text)) offer();
}

document.addEventListener("input", (event) => event.target === field() && !event.isComposing && offer());
document.addEventListener("focusout", (event) => event.target === field() && close());
document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("#offers li");
  if (!item) return;
  event.preventDefault(); // the field keeps the focus
  take(item);
});

document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const n = list().children.length;
  if (event.key === "ArrowDown" && list().hidden) offer();
  else if (list().hidden) return;
  else if (event.key === "ArrowDown") mark(at + 1 < n ? at + 1 : -1);
  else if (event.key === "ArrowUp") mark(at < 0 ? n - 1 : at - 1);
  else if (event.key === "Enter" && at >= 0) take(list().children[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

function dress() {
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "offers"], ["aria-expanded", "false"]]) {
    field().setAttribute(name, value);
  }
}
document.addEventListener("settled", dress);
dress();
