// The gallery works without this. It adds a search for names, and arrow keys from photo to photo.
"use strict";

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function searchable() {
  const box = document.querySelector(".search");
  if (!box) return;
  const input = box.querySelector("input");
  const found = box.querySelector("#found");
  const people = [...document.querySelectorAll(".people > li")];
  const names = people.map((person) => plain(person.querySelector("strong").textContent));

  function show() {
    const wanted = plain(input.value).split(/\s+/);
    let n = 0;
    people.forEach((person, i) => {
      const fits = wanted.every((word) => names[i].includes(word));
      person.hidden = !fits;
      n += fits;
    });
    found.textContent = !input.value.trim() ? "" : n === 0 ? "Nobody" : n === 1 ? "1 person" : `${n} people`;
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = people.find((person) => !person.hidden);
    if (event.key === "Enter" && input.value.trim() && first) first.querySelector("a").click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  box.hidden = false;
  show(); // a browser that goes back keeps what was typed
}

function steppable() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target.matches("input")) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = rel && document.querySelector(`a[rel="${rel}"]`);
    if (link) link.click();
  });
}

searchable();
steppable();
