// Rights: every page works without this file. With it, the pages of the questionnaire replace one
// another in place, so that « Précédent » asks for a page again instead of asking to send a form
// again; and after ten minutes without a touch, everything is wiped.
const PATIENCE = 10 * 60 * 1000;
const ANSWER = 60 * 1000;
const leaving = () => document.querySelector("form[data-hint-leave]");

function wipe() {
  const form = leaving();
  document.querySelector("main").replaceChildren();
  document.body.append(form);
  form.hidden = true;
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-hint-leave]")) return;
  event.preventDefault();
  wipe();
});

// -- pages in place -------------------------------------------------------------------------------

const asking = () => document.querySelector("form[data-hint-step], .ask__step form[data-hint]");
let turn = 0;

async function shown(address, body, { push = true } = {}) {
  const mine = (turn += 1);
  document.querySelector("main").setAttribute("aria-busy", "true");
  const sent = { method: "POST", body, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
  const answer = await fetch(address.split("#")[0], sent).catch(() => null);
  if (mine !== turn) return true;
  if (!answer) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const one of page.querySelectorAll("[autofocus]")) one.removeAttribute("autofocus");
  for (const part of ["main", ".site-header"]) document.querySelector(part).replaceWith(page.querySelector(part));
  document.title = page.title;
  const step = document.querySelector("form[data-hint-step]")?.dataset.hintStep ?? "";
  if (push && history.state?.step !== step) history.pushState({ step }, "");
  const titles = [".hint-whole [role=alert]", "#question", ".hint-whole h1"].map((one) => document.querySelector(one));
  const seen = titles.find((one) => one?.offsetParent);
  (seen ?? document.querySelector("main")).focus({ preventScroll: true });
  (seen ?? document.documentElement).scrollIntoView({ block: "start" });
  const following = document.querySelector("form[data-hint-go]");
  if (following) complete(following);
  return true;
}

// A first idea is shown at once; the estimate itself follows, in its place.
function complete(form) {
  const running = form.querySelector("[data-hint-running]");
  running.hidden = false;
  const body = new URLSearchParams(new FormData(form));
  body.set("aller", "voir");
  shown(form.action, body, { push: false });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-hint]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (body.get("aller") === "voir" && !form.matches("[data-hint-go]")) body.set("aller", "idee");
  if (!(await shown(form.action, body))) form.submit();
});

function again(step) {
  const form = asking();
  if (!form) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("aller", step ? `question:${step}` : "voir");
  if (step) body.set("etape", step);
  body.delete("retour");
  shown(form.action, body, { push: false });
}

history.replaceState({ step: document.querySelector("form[data-hint-step]")?.dataset.hintStep ?? "" }, "");
window.addEventListener("popstate", (event) => event.state && again(event.state.step));

// Another language or the simple version: the answers follow.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".languages a");
  const form = asking();
  if (!link || !form) return;
  event.preventDefault();
  const step = form.dataset.hintStep;
  const go = document.createElement("input");
  Object.assign(go, { type: "hidden", name: "aller", value: step ? `question:${step}` : "voir" });
  form.append(go);
  form.action = link.href;
  form.submit();
});

// -- a shared computer ----------------------------------------------------------------------------

const box = document.querySelector("[data-hint-wait]");
const left = box.querySelector("[data-hint-left]");
let touched = Date.now();

function tick() {
  const since = Date.now() - touched;
  if (since < PATIENCE) return;
  if (since >= PATIENCE + ANSWER) { wipe(); return; }
  if (!box.open) box.showModal();
  left.textContent = Math.ceil((PATIENCE + ANSWER - since) / 1000);
}

function stay() {
  touched = Date.now();
  if (box.open) box.close();
}

for (const name of ["pointerdown", "keydown", "wheel", "input"])
  document.addEventListener(name, () => { if (!box.open) touched = Date.now(); }, { passive: true, capture: true });
box.querySelector("[data-hint-stay]").addEventListener("click", stay);
box.addEventListener("close", stay);
box.querySelector("[data-hint-end]").addEventListener("click", wipe);
window.addEventListener("pageshow", (event) => event.persisted && tick());
window.setInterval(tick, 1000);

for (const place of document.querySelectorAll("[data-hint-print]")) {
  place.hidden = false;
  place.addEventListener("click", () => window.print());
}
