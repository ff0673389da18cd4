// On a photo's page: a box is drawn over a face that was not found, with a pointer or by keys. Boxes can be hidden.
// All is kept in fractions of the picture, so the window may change its size meanwhile.

import { all, ask, main, refresh, tell } from "/static/browse.js";

const CORNERS = ["nw", "ne", "sw", "se"];
const STEP = 0.02; // of the picture's shorter side: what an arrow key moves
const SLIP = 6; // pixels on the screen: who moves less has clicked, not drawn

const find = (what) => main().querySelector(what);
const within = (value, low, high) => Math.min(Math.max(value, low), high);
const aloud = (text) => (document.querySelector("#aloud").textContent = text);

let drawing = null; // { box, instead }: what is being drawn
let drag = null; // what a pointer is doing: { id, from, was, corner }
let busy = false;
let soon = 0;

// ---- The picture

const stage = () => find(".picture[data-width]");

function size() {
  const { width, height, least } = stage().dataset;
  return { width: Number(width), height: Number(height), least: Number(least) };
}

function least() {
  const { width, height, least } = size();
  return [Math.min(least / width, 1), Math.min(least / height, 1)];
}

function at(event) {
  const here = stage().getBoundingClientRect();
  return [
    within((event.clientX - here.left) / here.width, 0, 1),
    within((event.clientY - here.top) / here.height, 0, 1),
  ];
}

// ---- The box

function middle() {
  const { width, height } = size();
  const side = Math.min(width, height) * 0.3;
  const [w, h] = [side / width / 2, side / height / 2];
  return [0.5 - w, 0.5 - h, 0.5 + w, 0.5 + h];
}

function show() {
  const box = find(".sketch");
  box.hidden = !drawing?.box;
  find("#drawn-form [type=submit]").disabled = !drawing?.box;
  if (box.hidden) return;
  const [left, top, right, bottom] = drawing.box;
  Object.assign(box.style, {
    left: `${left * 100}%`,
    top: `${top * 100}%`,
    width: `${(right - left) * 100}%`,
    height: `${(bottom - top) * 100}%`,
  });
}

function between([x, y], [u, v]) {
  const [w, h] = least();
  const [left, top] = [Math.min(x, u, 1 - w), Math.min(y, v, 1 - h)];
  return [left, top, Math.max(x, u, left + w), Math.max(y, v, top + h)];
}

function moved([left, top, right, bottom], x, y) {
  const [dx, dy] = [within(x, -left, 1 - right), within(y, -top, 1 - bottom)];
  return [left + dx, top + dy, right + dx, bottom + dy];
}

function grown([left, top, right, bottom], x, y) {
  const [w, h] = least();
  return [left, top, within(right + x, left + w, 1), within(bottom + y, top + h, 1)];
}

function pulled(box, corner, [x, y]) {
  const fixed = [corner.endsWith("w") ? box[2] : box[0], corner.startsWith("n") ? box[3] : box[1]];
  return between(fixed, [x, y]);
}

function where() {
  const [left, top, right, bottom] = drawing.box.map((edge) => Math.round(edge * 100));
  return `${left} to ${right} percent from the left, ${top} to ${bottom} percent from the top.`;
}

// ---- Beginning and ending

function begin({ box = null, instead = null, keys = false } = {}) {
  if (!find("#drawn-form")) return;
  drawing = { box: box || (keys ? middle() : null), instead };
  stage().classList.add("drawing");
  find("#tools").hidden = true;
  find("#drawn-form").hidden = false;
  find("#drawn-who").hidden = Boolean(instead);
  for (const it of all("[data-how]", main())) it.hidden = it.dataset.how !== (drawing.box ? "box" : "none");
  show();
  if (drawing.box) find(".sketch").focus({ preventScroll: true });
  stage().scrollIntoView({ block: "nearest" });
  aloud(drawing.box ? `${find(".sketch").getAttribute("aria-label")} ${where()}` : "Drag a box over the face.");
}

function end() {
  const instead = drawing?.instead;
  drawing = drag = null;
  stage()?.classList.remove("drawing");
  if (!find("#drawn-form")) return;
  find("#drawn-form").hidden = true;
  find("#tools").hidden = false;
  show();
  const back = instead && find(`[data-redraw="${instead}"]`);
  (back?.offsetParent ? back : find("#draw")).focus({ preventScroll: true });
}

function cancel() {
  end();
  aloud("Nothing was drawn.");
}

async function keep() {
  if (busy || !drawing?.box) return;
  busy = true;
  try {
    const name = drawing.instead ? "" : find("#drawn-name").value.trim();
    const wish = { place: drawing.box, ...(name && { name }), ...(drawing.instead && { instead: drawing.instead }) };
    const came = await ask(`/photos/${stage().dataset.photo}/faces`, wish);
    tell(came);
    if (came.bad) return;
    find("#drawn-name").value = "";
    end();
    await refresh({ next: "draw" });
  } finally {
    busy = false;
  }
}

// ---- Pointers: mouse, finger, pen

document.addEventListener("pointerdown", (event) => {
  if (!drawing || drag || event.button !== 0 || !event.target.closest?.(".canvas, .sketch")) return;
  event.preventDefault();
  const corner = event.target.dataset.corner;
  const inside = event.target.closest(".sketch");
  drag = { id: event.pointerId, from: at(event), x: event.clientX, y: event.clientY, was: drawing.box, corner, inside };
  find(".canvas").setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  const [x, y] = at(event);
  if (drag.corner) drawing.box = pulled(drag.was, drag.corner, [x, y]);
  else if (drag.inside) drawing.box = moved(drag.was, x - drag.from[0], y - drag.from[1]);
  else if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= SLIP) drawing.box = between(drag.from, [x, y]);
  show();
});

function drop(event) {
  if (!drag || event.pointerId !== drag.id) return;
  if (event.type === "pointercancel") drawing.box = drag.was;
  const isNew = drawing.box && !drag.corner && !drag.inside && drawing.box !== drag.was;
  drag = null;
  show();
  for (const it of all("[data-how]", main())) it.hidden = it.dataset.how !== (drawing.box ? "box" : "none");
  // a finger would bring up a keyboard over the picture, before the corners are where they should be
  if (isNew && event.pointerType === "mouse" && !drawing.instead) find("#drawn-name").focus({ preventScroll: true });
  else if (drawing.box) find(".sketch").focus({ preventScroll: true });
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);

// ---- Keys

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function arrow(event) {
  const { width, height } = size();
  const step = STEP * Math.min(width, height);
  const [x, y] = ARROWS[event.key];
  drawing.box = (event.shiftKey ? grown : moved)(drawing.box || middle(), (x * step) / width, (y * step) / height);
  show();
  clearTimeout(soon);
  soon = setTimeout(() => drawing?.box && aloud(where()), 500);
}

function whileDrawing(event) {
  const here = event.target;
  if (event.key === "Escape") {
    if (busy) return false;
    cancel();
  } else if (event.key in ARROWS && !here.matches("input")) {
    arrow(event);
    find(".sketch").focus({ preventScroll: true });
  } else if (event.key === "Enter" && here.matches(".sketch")) {
    if (drawing.instead) keep();
    else find("#drawn-name").focus();
  } else return false;
  return true;
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !stage()) return;
    const done = drawing ? whileDrawing(event) : !event.target.matches("input, textarea, select") && press(event.key);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation(); // arrows would turn to another photo
  },
  true,
);

function press(key) {
  if (key === "d" && find("#draw")) begin({ keys: true });
  else if (key === "b" && !find("#bare").hidden) bare(!isBare());
  else return false;
  return true;
}

// ---- Buttons

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.id === "draw") begin({ keys: event.pointerType !== "mouse" });
  else if (button?.id === "bare") bare(!isBare());
  else if (button?.id === "draw-cancel") cancel();
  else if (button?.dataset.redraw) {
    const mark = find(`.mark[data-face="${button.dataset.redraw}"]`);
    begin({ box: mark.dataset.box.split(" ").map(Number), instead: button.dataset.redraw });
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "drawn-form") return;
  event.preventDefault();
  keep();
});

// ---- Without boxes; also on the next photo

const isBare = () => sessionStorage.getItem("bare") === "yes";

function bare(on) {
  sessionStorage.setItem("bare", on ? "yes" : "no");
  settle();
  aloud(on ? "Boxes are hidden." : "Boxes are shown.");
}

function settle() {
  if (!stage()) return;
  if (!find(".sketch")?.childElementCount)
    find(".sketch")?.append(
      ...CORNERS.map((corner) => {
        const handle = document.createElement("span");
        handle.dataset.corner = corner;
        return handle;
      }),
    );
  stage().classList.toggle("bare", isBare());
  find("#bare").setAttribute("aria-pressed", String(isBare()));
  find("#tools").hidden = Boolean(drawing);
  if (drawing) {
    // the page was drawn anew under our hands, as by an undo: what was being drawn goes on, if it can
    if (drawing.instead && !find(`[data-redraw="${drawing.instead}"]`)) drawing = null;
    else begin({ box: drawing.box, instead: drawing.instead });
  }
}
document.addEventListener("settled", settle);
settle();
