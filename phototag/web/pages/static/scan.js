// A scan that runs is followed by server-sent events, on whatever page, while that is seen; without a scan nothing is asked.

import { API, all, ask, refresh, tell } from "/static/browse.js";

const sign = document.querySelector("#scanning");
const others = "BroadcastChannel" in window ? new BroadcastChannel("phototag") : null;
const one = (what) => document.querySelector(`.running ${what}`);
let id = sign.dataset.follow || "";
let now = null;
let source = null;
let stage = {};
let stopping = false;

// ---- How far it is

const AFTER_S = 5;
const AFTER_PHOTOS = 3;

function left(job) {
  // From the first photo on: what comes before it is the start of the engine.
  if (stage.label !== job.label || !stage.done) stage = { label: job.label, done: job.done, at: job.seconds };
  const took = job.seconds - stage.at;
  const did = job.done - stage.done;
  if (job.unit !== "photo" || took < AFTER_S || did < AFTER_PHOTOS || job.done >= job.total) return "";
  const minutes = ((job.total - job.done) * took) / did / 60;
  if (minutes < 1) return "Less than a minute left for this step, as fast as it went so far.";
  const time = minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
  return `About ${time} left for this step, as fast as it went so far.`;
}

function show(job) {
  now = job;
  sign.hidden = false;
  sign.textContent = job.total ? `${job.label}, ${Math.floor((100 * job.done) / job.total)} %` : "Scanning";
  const panel = document.querySelector(".running");
  if (!panel) return;
  panel.hidden = false;
  for (const it of all(".start, .scan details")) it.hidden = true;
  one("[data-stage]").textContent = job.label || "Beginning";
  const many = (n) => n.toLocaleString("en");
  one("[data-count]").textContent = job.total ? `${many(job.done)} of ${many(job.total)} ${job.unit}s` : "";
  const bar = one("progress");
  if (job.total) [bar.max, bar.value] = [job.total, job.done];
  else bar.removeAttribute("value");
  one("[data-left]").textContent = stopping ? "It stops at the next photo." : left(job);
}

async function ended(job) {
  id = "";
  now = null;
  stopping = false;
  sign.hidden = true;
  const bad = job.state === "failed";
  const panel = document.querySelector(".running");
  if (panel) {
    await refresh();
    const came = document.querySelector("[data-came]")?.textContent;
    return tell({ bad, said: came || job.error || "The scan is done." });
  }
  const before = document.querySelector("[data-faces]")?.dataset.faces;
  const fresh = before === undefined || !job.report ? 0 : job.report.faces - Number(before);
  if (bad) return tell({ bad, said: job.error });
  if (fresh < 1) return;
  sign.hidden = false;
  sign.href = location.href;
  sign.textContent = fresh === 1 ? "1 new face: reload" : `${fresh.toLocaleString("en")} new faces: reload`;
}

// ---- Listening

function listen() {
  if (!id || source || document.hidden) return;
  source = new EventSource(`${API}/jobs/${id}/events`);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", (event) => {
    rest();
    ended(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    rest();
    id = "";
    sign.hidden = true;
  });
}

function rest() {
  source?.close();
  source = null;
  stage = {};
}

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
document.addEventListener("settled", () => now && show(now));
if (others) others.onmessage = ({ data }) => follow(data);

function follow(job) {
  if (id === job || !/^[0-9a-f]{16}$/.test(job)) return;
  rest();
  id = job;
  sign.href = "/library";
  listen();
}

// ---- Starting and stopping

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.job) return;
  event.preventDefault();
  const job = await ask(form.dataset.job, { force: Boolean(form.elements.force) });
  if (job.bad) return tell(job);
  show(job);
  follow(job.id);
  others?.postMessage(job.id);
  one("[data-stop]")?.focus();
});

document.addEventListener("click", async (event) => {
  if (!event.target.matches("[data-stop]") || !id) return;
  stopping = true;
  const job = await ask(`/jobs/${id}`, null, "DELETE");
  if (job.bad) {
    stopping = false;
    return tell(job);
  }
  if (job.id === id) show(job); // else its end was heard of before this answer
});

// ---- A scan of another program

const LOOK_MS = 5000;

setInterval(async () => {
  if (document.hidden || !document.querySelector("[data-writer]")) return;
  const jobs = await fetch(`${API}/jobs`).then((answer) => answer.json(), () => null);
  if (jobs && !jobs.writer) refresh();
}, LOOK_MS);

listen();
