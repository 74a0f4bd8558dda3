// Self-service station: asks « are you still there » before wiping, and makes the pages of the last
// visit unreachable: each entry of the history carries the number of its visit.
const KEY = "portrea-visit";

function visit() {
  const known = localStorage.getItem(KEY);
  if (known) return known;
  localStorage.setItem(KEY, `${Date.now()}-${Math.random()}`);
  return localStorage.getItem(KEY);
}

function check() {
  const told = history.state?.visit;
  if (told === undefined) history.replaceState({ ...history.state, visit: visit() }, "");
  else if (told !== visit()) {
    document.documentElement.hidden = true;
    window.location.replace(start());
  }
}

function start() {
  return window.location.pathname.replace(/^(\/borne[^/]*)\/.*$/, "$1/");
}

check();
window.addEventListener("pageshow", (event) => event.persisted && check());

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-portrea-station]");
  if (!box) return;
  const { start: first, end } = box.dataset;
  const patience = Number(box.dataset.seconds) * 1000;
  const answer = Number(box.dataset.answer) * 1000;
  const left = box.querySelector("[data-portrea-left]");
  const said = box.querySelector("[data-portrea-said]");
  const isFirst = window.location.pathname + window.location.search === first;
  let touched = Date.now();
  let used = !isFirst;
  let asked = 0;

  function wipe() {
    localStorage.setItem(KEY, `${Date.now()}-${Math.random()}`);
    window.location.replace(end);
  }

  function stay() {
    touched = Date.now();
    asked = 0;
    if (box.open) box.close();
  }

  function tick() {
    if (!asked) {
      if (!used || Date.now() - touched < patience) return;
      asked = Date.now();
      box.showModal();
    }
    const seconds = Math.ceil((asked + answer - Date.now()) / 1000);
    if (seconds <= 0) {
      wipe();
      return;
    }
    left.textContent = seconds;
    if (seconds === 30 || seconds === 10) said.textContent = `${seconds} ${said.dataset.words}`;
  }

  for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "input"])
    document.addEventListener(
      name,
      () => {
        if (asked) return;
        touched = Date.now();
        if (name === "keydown" || name === "input") used = true;
      },
      { passive: true, capture: true },
    );
  box.querySelector("[data-portrea-stay]").addEventListener("click", stay);
  box.addEventListener("close", stay);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || link.getAttribute("href") !== end) return;
    event.preventDefault();
    wipe();
  });
  window.setInterval(tick, 1000);
});
