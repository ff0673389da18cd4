// The map of faces: points on a canvas, the face under the pointer, and beside it a list of likely mistakes.

import { API, ask, refresh, tell } from "/static/browse.js";

const COLOURS = 6;
const SHAPES = ["circle", "square", "triangle", "diamond"];
const HUMAN = 1, SUGGESTED = 3;
const FEW = 150; // so many points in view are drawn as pictures, where there is room
const PICTURES = 48; // at once
const MANY = 20000; // points in view that are drawn as squares: a shape is not seen among so many
const CELLS = 96; // of the grid by which points are found, a side
const SLOW = 12; // milliseconds
const REACH = 14; // pixels from the pointer
const LABELS = 30;
const HIDDEN = 25; // fewer faces than this would lie under their name, so it is written above them

let data = null; // as decoded
let view = null; // { x, y: the place in the middle, k: pixels of the whole map }
let chosen = new Set(); // positions of people that are shown while all others fade
let at = -1; // the face that is shown
let stage = null; // what the page has just now
const pictures = new Map();

// ---- What the server says

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function decode(is) {
  const ids = bytes(is.faces);
  const places = new Uint16Array(bytes(is.places).buffer);
  const whose = new Int32Array(bytes(is.whose).buffer);
  const sources = bytes(is.sources);
  const n = is.total;
  const id = (i) => Array.from(ids.subarray(i * 8, i * 8 + 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const found = { n, id, whose, sources, qualities: bytes(is.qualities), somebodies: is.somebodies };
  found.x = Float32Array.from({ length: n }, (_, i) => places[2 * i] / 65535);
  found.y = Float32Array.from({ length: n }, (_, i) => places[2 * i + 1] / 65535);
  const rank = (i) => (whose[i] < 0 ? -2 : is.somebodies[whose[i]].name === null ? -1 : whose[i]);
  const ranks = Int32Array.from({ length: n }, (_, i) => rank(i));
  found.order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => ranks[a] - ranks[b] || a - b);
  found.ranks = ranks;
  found.cells = cells(found);
  found.middles = middles(found);
  const rows = new Map(Array.from({ length: n }, (_, i) => [id(i), i]));
  found.strays = is.outliers.map((one) => ({ ...one, row: rows.get(one.face) }));
  return found;
}

function cells({ n, x, y }) {
  const found = new Map();
  for (let i = 0; i < n; i++) {
    const cell = Math.min(CELLS - 1, x[i] * CELLS | 0) * CELLS + Math.min(CELLS - 1, y[i] * CELLS | 0);
    if (found.has(cell)) found.get(cell).push(i);
    else found.set(cell, [i]);
  }
  return found;
}

// Where names are written: the median of somebody's places, which a stray does not move.
function middles({ n, x, y, ranks, sources, somebodies }) {
  const of = new Map();
  for (let i = 0; i < n; i++) {
    if (ranks[i] < 0 || sources[i] === SUGGESTED) continue;
    if (!of.has(ranks[i])) of.set(ranks[i], []);
    of.get(ranks[i]).push(i);
  }
  const median = (rows, along) => rows.map((i) => along[i]).sort((a, b) => a - b)[rows.length >> 1];
  return [...of].map(([who, rows]) => ({ who, name: somebodies[who].name, n: rows.length, x: median(rows, x), y: median(rows, y) }))
    .sort((a, b) => a.who - b.who);
}

async function load() {
  const here = stage;
  for (;;) {
    const answer = await fetch(`${API}/map`).catch(() => null);
    if (here !== stage) return;
    const is = await answer?.json().catch(() => null);
    if (!answer?.ok || !is) return wait(is?.error || "The server does not answer. Is phototag still running?");
    if (answer.status === 200) return show(decode(is));
    if (!(await followed(is, here))) return;
  }
}

async function followed(job, here) {
  while (job.state === "running") {
    wait("The map is being drawn …", job);
    await new Promise((done) => setTimeout(done, 300));
    if (here !== stage) return false;
    job = await fetch(`${API}/jobs/${job.id}`).then((answer) => answer.json(), () => ({ error: "The server does not answer." }));
  }
  if (job.state === "done") return true;
  wait(job.error || "The map could not be drawn.");
  return false;
}

function wait(text, job) {
  if (data && job) return; // the map that is there stays until the next
  const bar = stage.wait.querySelector("progress");
  if (stage.wait.firstChild.textContent !== text) stage.wait.firstChild.textContent = text;
  stage.wait.hidden = false;
  bar.hidden = !job;
  if (job?.total) [bar.max, bar.value] = [job.total, job.done];
}

function show(found) {
  data = found;
  at = -1;
  chosen = new Set([...chosen].filter((who) => who < data.somebodies.length));
  if (data.n === 0) return wait("There are no faces to draw yet. Scan a folder of photos first.");
  stage.wait.hidden = true;
  stage.zoom.hidden = false;
  stage.canvas.setAttribute("aria-label", `Map of ${data.n.toLocaleString("en")} faces`);
  strays();
  legend();
  resize();
}

// ---- From places to pixels

const sx = (x) => (x - view.x) * view.k + stage.w / 2;
const sy = (y) => (y - view.y) * view.k + stage.h / 2;
const whole = () => Math.min(stage.w, stage.h) * 0.9;

function resize() {
  const box = stage.canvas.getBoundingClientRect();
  const dense = window.devicePixelRatio || 1;
  Object.assign(stage, { w: box.width, h: box.height, dense });
  stage.canvas.width = Math.round(box.width * dense);
  stage.canvas.height = Math.round(box.height * dense);
  view ??= { x: 0.5, y: 0.5, k: whole() };
  stage.colours = null;
  last = null;
  redraw();
}

function zoom(by, px = stage.w / 2, py = stage.h / 2) {
  const x = (px - stage.w / 2) / view.k + view.x;
  const y = (py - stage.h / 2) / view.k + view.y;
  view.k = Math.min(Math.max(view.k * by, whole() * 0.7), whole() * 400);
  move(x - (px - stage.w / 2) / view.k, y - (py - stage.h / 2) / view.k);
}

function move(x, y) {
  view.x = Math.min(Math.max(x, 0), 1);
  view.y = Math.min(Math.max(y, 0), 1);
  pick(-1);
  redraw();
}

// ---- Drawing

// What takes longer than a frame is drawn when nothing has moved for a moment; meanwhile the last picture is moved.
let asked = 0;
let last = null; // { picture, view, ms }: what was drawn last
let still = 0;
function redraw() {
  asked ||= requestAnimationFrame(() => {
    asked = 0;
    if (!data?.n || !stage?.canvas.isConnected) return;
    clearTimeout(still);
    if (!last || last.ms < SLOW) return draw();
    const began = performance.now();
    const { canvas, dense, w, h } = stage;
    const pen = canvas.getContext("2d");
    const by = view.k / last.view.k;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(last.picture, (sx(last.view.x) - (w / 2) * by) * dense, (sy(last.view.y) - (h / 2) * by) * dense, canvas.width * by, canvas.height * by);
    canvas.dataset.moved = (performance.now() - began).toFixed(1);
    still = setTimeout(draw, 120);
  });
}

function keep(ms) {
  const picture = last?.picture ?? document.createElement("canvas");
  last = { picture, view: { ...view }, ms };
  if (ms < SLOW) return;
  [picture.width, picture.height] = [stage.canvas.width, stage.canvas.height];
  picture.getContext("2d").drawImage(stage.canvas, 0, 0);
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { people: Array.from({ length: COLOURS }, (_, i) => of(`--c${i}`)), group: of("--group"), nobody: of("--nobody"), ink: of("--ink"), ground: of("--raised") };
}

const colour = (rank) => (rank === -2 ? stage.colours.nobody : rank === -1 ? stage.colours.group : stage.colours.people[rank % COLOURS]);
const shape = (rank) => (rank < 0 ? "circle" : SHAPES[Math.floor(rank / COLOURS) % SHAPES.length]);

const outline = {
  circle: (pen, x, y, r) => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 2 * Math.PI); },
  square: (pen, x, y, r) => pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
  triangle: (pen, x, y, r) => { pen.moveTo(x, y - r * 1.25); pen.lineTo(x + r * 1.15, y + r * 0.8); pen.lineTo(x - r * 1.15, y + r * 0.8); pen.closePath(); },
  diamond: (pen, x, y, r) => { pen.moveTo(x, y - r * 1.35); pen.lineTo(x + r * 1.35, y); pen.lineTo(x, y + r * 1.35); pen.lineTo(x - r * 1.35, y); pen.closePath(); },
};

function radius(inView) {
  return Math.min(6, Math.max(1.1, 2.2 * Math.sqrt(view.k / whole()) * Math.min(2.5, Math.sqrt(4000 / Math.max(inView, 1)))));
}

function draw() {
  const began = performance.now();
  stage.colours ??= colours();
  const pen = stage.canvas.getContext("2d");
  pen.setTransform(stage.dense, 0, 0, stage.dense, 0, 0);
  pen.clearRect(0, 0, stage.w, stage.h);
  const seen = inView();
  const r = radius(seen.length);
  points(pen, seen, r);
  const side = seen.length <= FEW ? faces(pen, seen) : 0;
  rings(pen, Math.max(r, side / 2));
  labels(pen, side);
  keep(performance.now() - began);
  if (at >= 0) ring(pen, at, Math.max(r, side / 2) + 5, stage.colours.ink, 2.5);
  stage.canvas.dataset.frame = last.ms.toFixed(1);
}

function inView() {
  const { order, x, y } = data;
  const [halfW, halfH] = [(stage.w / 2 + 30) / view.k, (stage.h / 2 + 30) / view.k];
  const seen = [];
  for (const i of order) if (Math.abs(x[i] - view.x) < halfW && Math.abs(y[i] - view.y) < halfH) seen.push(i);
  return seen;
}

const isFaded = (i) => chosen.size > 0 && !chosen.has(data.whose[i]);

// Points come in order of whose they are, so that those of one person are one path.
function points(pen, seen, r) {
  const { x, y, ranks, sources } = data;
  for (const faded of chosen.size ? [true, false] : [false]) {
    for (const hollow of [false, true]) {
      pen.globalAlpha = faded ? 0.12 : 1;
      pen.lineWidth = 1.4;
      let rank = null;
      const done = () => rank !== null && (hollow ? pen.stroke() : pen.fill());
      for (const i of seen) {
        if ((sources[i] === SUGGESTED) !== hollow || isFaded(i) !== faded) continue;
        if (ranks[i] !== rank) {
          done();
          rank = ranks[i];
          pen.beginPath();
          pen.fillStyle = pen.strokeStyle = colour(rank);
        }
        const [px, py] = [sx(x[i]), sy(y[i])];
        if (seen.length > MANY) {
          if (hollow) pen.rect(px - r, py - r, 2 * r, 2 * r);
          else pen.fillRect(px - r, py - r, 2 * r, 2 * r);
        } else outline[shape(rank)](pen, px, py, rank < 0 ? r * 0.85 : r);
      }
      done();
    }
  }
  pen.globalAlpha = 1;
}

// Pictures where there is room, of likely mistakes and then the best faces first.
function faces(pen, seen) {
  const side = Math.min(56, Math.max(34, stage.w / 18));
  const drawn = [];
  const odd = new Set(data.strays.map(({ row }) => row));
  const best = seen.filter((i) => !isFaded(i)).sort((a, b) => odd.has(b) - odd.has(a) || data.qualities[b] - data.qualities[a]);
  for (const i of best) {
    if (drawn.length >= PICTURES) break;
    const [px, py] = [sx(data.x[i]), sy(data.y[i])];
    if (drawn.some(([x, y]) => Math.hypot(x - px, y - py) < side * 0.85)) continue;
    const picture = pictureOf(i);
    if (!picture.complete || !picture.naturalWidth) continue;
    drawn.push([px, py]);
    pen.save();
    pen.beginPath();
    pen.arc(px, py, side / 2, 0, 2 * Math.PI);
    pen.clip();
    pen.drawImage(picture, px - side / 2, py - side / 2, side, side);
    pen.restore();
    pen.beginPath();
    pen.arc(px, py, side / 2, 0, 2 * Math.PI);
    pen.lineWidth = 3;
    pen.setLineDash(data.sources[i] === SUGGESTED ? [4, 3] : []);
    pen.strokeStyle = colour(data.ranks[i]);
    pen.stroke();
    pen.setLineDash([]);
  }
  return drawn.length ? side : 0;
}

let loading = 0;
function pictureOf(i) {
  const id = data.id(i);
  if (pictures.has(id)) return pictures.get(id);
  const picture = new Image();
  if (loading >= PICTURES) return picture; // asked for again with a later frame
  loading++;
  picture.onload = picture.onerror = () => { loading--; redraw(); };
  picture.src = `${API}/faces/${id}/picture`;
  pictures.set(id, picture);
  if (pictures.size > 8 * PICTURES) pictures.delete(pictures.keys().next().value);
  return picture;
}

function ring(pen, i, r, style, width) {
  pen.beginPath();
  pen.arc(sx(data.x[i]), sy(data.y[i]), r, 0, 2 * Math.PI);
  pen.strokeStyle = style;
  pen.lineWidth = width;
  pen.stroke();
}

function rings(pen, r) {
  for (const { row } of data.strays) if (!isFaded(row)) ring(pen, row, r + 4, stage.colours.ink, 1.5);
}

function labels(pen, side) {
  const above = side ? side / 2 + 10 : 0; // a name would hide the picture
  pen.font = "600 14px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const taken = [];
  for (const { who, name, n, x, y } of data.middles) {
    if (taken.length >= LABELS) break;
    if (chosen.size && !chosen.has(who)) continue;
    const text = [...name].length > 22 ? `${[...name].slice(0, 21).join("")}…` : name;
    const [px, py, half] = [sx(x), sy(y) - Math.max(above, n < HIDDEN ? 20 : 0), pen.measureText(text).width / 2 + 4];
    if (px < 0 || py < 0 || px > stage.w || py > stage.h) continue;
    if (taken.some((box) => Math.abs(box.py - py) < 18 && Math.abs(box.px - px) < box.half + half)) continue;
    taken.push({ px, py, half });
    const inside = Math.min(Math.max(px, half), stage.w - half);
    pen.lineWidth = 4;
    pen.strokeStyle = stage.colours.ground;
    pen.strokeText(text, inside, py);
    pen.fillStyle = stage.colours.ink;
    pen.fillText(text, inside, py);
  }
}

// ---- The face under the pointer

function nearest(px, py, reach) {
  const [x, y, far] = [(px - stage.w / 2) / view.k + view.x, (py - stage.h / 2) / view.k + view.y, reach / view.k];
  const cell = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor(value * CELLS)));
  let [best, least] = [-1, far];
  for (let a = cell(x - far); a <= cell(x + far); a++) {
    for (let b = cell(y - far); b <= cell(y + far); b++) {
      for (const i of data.cells.get(a * CELLS + b) || []) {
        const away = Math.hypot(data.x[i] - x, data.y[i] - y);
        if (away < least && !isFaded(i)) [best, least] = [i, away];
      }
    }
  }
  return best;
}

function called(i) {
  const who = data.somebodies[data.whose[i]];
  if (!who) return ["Nobody known", "in no group"];
  if (who.name === null) return [`Group ${who.group}`, `${who.faces.toLocaleString("en")} faces without a name`];
  return [who.name, data.sources[i] === HUMAN ? "you said so" : data.sources[i] === SUGGESTED ? "perhaps" : "tagged automatically"];
}

const make = (tag, props, ...children) => {
  const it = Object.assign(document.createElement(tag), props);
  it.append(...children);
  return it;
};

function pick(i, fixed = false) {
  if (i === at && stage.card.classList.contains("fixed") === fixed) return;
  at = i;
  const { card, canvas } = stage;
  card.hidden = i < 0;
  card.classList.toggle("fixed", fixed);
  canvas.classList.toggle("at", i >= 0);
  redraw();
  if (i < 0) return;
  const [name, how] = called(i);
  const who = data.somebodies[data.whose[i]];
  const words = make("div", {}, make("strong", {}, make("bdi", { textContent: name })), make("span", { className: "quiet", textContent: how }));
  const photo = make("a", { href: "#", textContent: "Its photo" });
  photo.addEventListener("click", (event) => { event.preventDefault(); openPhoto(i); });
  words.append(photo);
  if (who) words.append(make("a", { href: home(who), textContent: who.name === null ? "The group" : "All faces of this name" }));
  card.replaceChildren(make("img", { className: "face", src: `${API}/faces/${data.id(i)}/picture`, alt: "", width: 192, height: 192 }), words);
  const [px, py, box] = [sx(data.x[i]), sy(data.y[i]), card.getBoundingClientRect()];
  const left = px + box.width + 24 < stage.w ? px + 16 : px - box.width - 16;
  card.style.left = `${Math.min(Math.max(left, 8), Math.max(stage.w - box.width - 8, 8))}px`;
  card.style.top = `${Math.min(Math.max(py - box.height / 2, 8), Math.max(stage.h - box.height - 8, 8))}px`;
  canvas.dataset.face = data.id(i);
  if (document.activeElement === canvas) document.querySelector("#aloud").textContent = `${name}, ${how}`;
}

const home = (who) => (who.name === null ? `/groups/${who.group}` : `/person?name=${encodeURIComponent(who.name)}`);

async function openPhoto(i) {
  const id = data.id(i);
  const is = await fetch(`${API}/faces/${id}`).then((answer) => answer.json(), () => ({}));
  if (is.photo) location.assign(`/photos/${is.photo}#face-${id}`);
  else tell({ bad: true, said: is.error || "The server does not answer." });
}

function open(i) {
  const who = data.somebodies[data.whose[i]];
  if (who?.name === null) location.assign(home(who));
  else openPhoto(i);
}

// ---- Pointer, wheel, keys

function listen(canvas) {
  const held = new Map();
  let far = 0, moved = false;
  const place = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => {
    if (!view || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, place(event));
    moved = false;
    far = spanOf(held);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!data?.n) return;
    const [px, py] = place(event);
    if (!held.size) return pick(nearest(px, py, REACH));
    if (!held.has(event.pointerId)) return;
    const [x, y] = held.get(event.pointerId);
    if (!moved && held.size === 1 && Math.hypot(px - x, py - y) < 5) return;
    moved = true;
    canvas.classList.add("held");
    held.set(event.pointerId, [px, py]);
    if (held.size > 1) {
      const now = spanOf(held);
      const [mx, my] = [...held.values()].reduce(([a, b], [c, d]) => [a + c / held.size, b + d / held.size], [0, 0]);
      if (far) zoom(now / far, mx, my);
      far = now;
    }
    move(view.x - (px - x) / view.k / held.size, view.y - (py - y) / view.k / held.size);
  });
  const up = (event) => {
    const was = held.delete(event.pointerId);
    canvas.classList.remove("held");
    far = spanOf(held);
    if (!was || moved || event.type !== "pointerup" || !data?.n) return;
    const i = nearest(...place(event), event.pointerType === "mouse" ? REACH : 2 * REACH);
    if (event.pointerType !== "mouse") pick(i, true);
    else if (i >= 0) open(i);
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && data?.n && pick(-1));
  canvas.addEventListener("wheel", (event) => {
    if (!data?.n) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : 1);
    zoom(Math.exp(-Math.min(Math.max(pixels, -240), 240) * (event.ctrlKey ? 0.01 : 0.002)), ...place(event));
  }, { passive: false });
  canvas.addEventListener("keydown", keys);
}

function spanOf(held) {
  const [a, b] = [...held.values()];
  return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

function keys(event) {
  if (!data?.n || event.ctrlKey || event.metaKey || event.altKey) return;
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [0, 0];
  const by = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, "_": 1 / 1.5 }[event.key];
  if (dx || dy) move(view.x + (dx * 60) / view.k, view.y + (dy * 60) / view.k);
  else if (by) zoom(by);
  else if (event.key === "0") everything();
  else if (event.key === "Enter" && at >= 0) return open(at);
  else return;
  event.preventDefault();
  pick(nearest(stage.w / 2, stage.h / 2, Math.min(stage.w, stage.h) / 4)); // the face in the middle is the one that is shown
}

function everything() {
  view = { x: 0.5, y: 0.5, k: whole() };
  pick(-1);
  redraw();
}

function goTo(i) {
  view.k = Math.max(view.k, whole() * 5);
  move(data.x[i], data.y[i]);
  pick(i);
  stage.canvas.scrollIntoView({ block: "nearest" });
}

// ---- Beside it

function strays() {
  const section = stage.beside.querySelector(".strays");
  section.hidden = data.strays.length === 0;
  section.querySelector("ul").replaceChildren(...data.strays.map(stray));
}

function stray(one) {
  const like = one.like === null ? null : data.somebodies[one.like];
  const other = like && (like.name ?? `group ${like.group}`);
  const show = make("button", { type: "button", className: "show" },
    make("img", { className: "face", src: `${API}/faces/${one.face}/picture`, alt: "", loading: "lazy", width: 192, height: 192 }));
  show.setAttribute("aria-label", `Show on the map: a face called ${one.person}`);
  show.addEventListener("click", () => goTo(one.row));
  const said = make("p", {}, make("bdi", { textContent: one.person }), one.confirmed ? ", you said." : "?", like ? " Nearer to " : " Far from the others of that name.");
  if (like) said.append(make("bdi", { textContent: other }), ".");
  const line = make("p", { className: "line" });
  const button = (text, path, body) => {
    const it = make("button", { type: "button", textContent: text });
    it.addEventListener("click", () => decide(path, body));
    line.append(it);
  };
  if (!stage.readOnly) {
    if (like?.name) button(`It is ${like.name}`, "/faces/move", { faces: [one.face], name: like.name });
    button(`Not ${one.person}`, "/faces/reject", { faces: [one.face] });
    if (!one.confirmed) button(`Yes, ${one.person}`, "/faces/confirm", { faces: [one.face] });
  }
  line.append(make("a", { href: `/photos/${one.photo}#face-${one.face}`, textContent: "Photo" }));
  return make("li", {}, show, make("div", {}, said, line));
}

let busy = false;
async function decide(path, body) {
  if (busy) return;
  busy = true;
  const came = await ask(path, body);
  tell(came);
  if (!came.bad) await refresh();
  busy = false;
}

function swatch(rank, hollow = false) {
  const of = (tag, props) => {
    const it = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(props)) it.setAttribute(key, value);
    return it;
  };
  const svg = of("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  const paint = { fill: hollow ? "none" : "currentcolor", stroke: "currentcolor", "stroke-width": 2 };
  const drawn = {
    circle: ["circle", { cx: 10, cy: 10, r: 7 }],
    square: ["rect", { x: 4, y: 4, width: 12, height: 12 }],
    triangle: ["path", { d: "M10 3 18 17H2z" }],
    diamond: ["path", { d: "M10 1 19 10 10 19 1 10z" }],
  }[shape(rank)];
  svg.append(of(drawn[0], { ...drawn[1], ...paint }));
  svg.style.color = rank === -2 ? "var(--nobody)" : rank === -1 ? "var(--group)" : `var(--c${rank % COLOURS})`;
  return svg;
}

function legend() {
  const section = stage.beside.querySelector(".legend");
  section.hidden = false;
  const people = data.somebodies.map((who, i) => ({ ...who, i })).filter((who) => who.name !== null);
  const rows = people.map(({ name, faces, i }) => {
    const button = make("button", { type: "button" }, swatch(i), make("bdi", { textContent: name }), make("span", { className: "quiet", textContent: faces.toLocaleString("en") }));
    button.setAttribute("aria-pressed", String(chosen.has(i)));
    button.addEventListener("click", () => {
      if (!chosen.delete(i)) chosen.add(i);
      button.setAttribute("aria-pressed", String(chosen.has(i)));
      all.hidden = !chosen.size;
      pick(-1);
      redraw();
    });
    return make("li", {}, button);
  });
  const key = (rank, text, hollow) => { const it = make("p", { className: "line quiet" }, swatch(rank, hollow), text); return make("li", {}, it); };
  const groups = data.somebodies.length - people.length;
  const keys = [];
  if (data.sources.includes(SUGGESTED)) keys.push(key(0, "hollow: perhaps", true));
  if (groups) keys.push(key(-1, groups === 1 ? "1 group without a name" : `${groups.toLocaleString("en")} groups without a name`));
  if (data.whose.includes(-1)) keys.push(key(-2, "in no group"));
  section.querySelector("ul").replaceChildren(...keys, ...rows);
  const [find, all] = [section.querySelector("input"), section.querySelector("#legend-all")];
  find.hidden = people.length <= 12;
  find.oninput = () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    people.forEach(({ name }, row) => (rows[row].hidden = !name.toLocaleLowerCase().includes(wanted)));
  };
  all.hidden = !chosen.size;
  all.onclick = () => {
    chosen.clear();
    legend();
    redraw();
  };
}

// ---- At the beginning, and after each change

function settle() {
  const canvas = document.querySelector("#map");
  if (!canvas || stage?.canvas === canvas) return;
  const field = canvas.closest(".faces");
  stage = {
    canvas, wait: field.querySelector(".wait"), zoom: field.querySelector(".zoom"), card: field.querySelector(".card"),
    beside: field.querySelector(".beside"), readOnly: "readOnly" in field.dataset,
  };
  listen(canvas);
  stage.zoom.addEventListener("click", (event) => {
    const by = Number(event.target.closest("button")?.dataset.zoom);
    if (by) zoom(by);
    else if (by === 0) everything();
  });
  new ResizeObserver(() => data?.n && stage.canvas === canvas && resize()).observe(canvas);
  if (data?.n) show(data);
  load();
}

document.addEventListener("settled", settle);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => stage && data?.n && resize());
settle();
