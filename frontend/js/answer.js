// Answering a survey: every page works without this. It saves typing where one is, a page sent for
// a question that depends on another, and the number keys of who copies paper.
const form = document.querySelector("form[data-answer]");

for (const button of document.querySelectorAll("[data-answer-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// « Là où je suis »: on tap only; the position is rounded to a hundred metres and written in the field.
for (const button of "geolocation" in navigator && window.isSecureContext ? document.querySelectorAll("[data-answer-here]") : []) {
  const field = document.getElementById(button.dataset.answerHere);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = button.dataset.searching;
    const done = (text) => { button.disabled = false; status.textContent = text; };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { field.value = `${coords.latitude.toFixed(3)} ${coords.longitude.toFixed(3)}`; done(""); field.focus(); },
      () => done(button.dataset.refused),
      { timeout: 15000, maximumAge: 600000 },
    );
  });
}

// The whole form: when an answer decides of other questions, the server says which ones, and the
// page takes them; what was typed and where one is stay.
let waiting = 0;

function told() {
  const controls = [...form.querySelectorAll("input[id], select[id], textarea[id]")];
  return new Map(controls.map((one) => [one.id, /radio|checkbox/.test(one.type) ? one.checked : one.value]));
}

async function refresh() {
  const turn = ++waiting;
  const sent = told();
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  body.set("aller", "tout");
  const answer = await fetch(form.action, { method: "POST", body, credentials: "omit" }).catch(() => null);
  if (!answer || !answer.ok || turn !== waiting) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("form[data-answer]");
  if (!fresh || turn !== waiting) return;
  const focused = document.activeElement?.id;
  const top = focused ? document.activeElement.getBoundingClientRect().top : 0;
  const since = [...told()].filter(([id, value]) => sent.get(id) !== value);
  form.replaceChildren(...fresh.childNodes);
  for (const [id, value] of since) { // typed while the server answered
    const control = document.getElementById(id);
    if (control) control[typeof value === "boolean" ? "checked" : "value"] = value;
  }
  const again = focused && document.getElementById(focused);
  if (again) {
    again.focus({ preventScroll: true });
    window.scrollBy(0, again.getBoundingClientRect().top - top);
  }
}

if (form?.dataset.answer === "tout") {
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-watched]")) refresh();
  });
}

// Copying paper: a figure chooses in the question where one is, Entrée goes to the next one.
function next(from) {
  const groups = [...form.querySelectorAll("[data-row], .answer-field")];
  const here = groups.indexOf(from);
  for (const group of groups.slice(here + 1)) {
    const control = group.querySelector("input:checked, input:not([type=hidden]), select, textarea");
    if (control) { control.focus(); return; }
  }
  form.querySelector("button[value=enregistrer]")?.focus();
}

function keyed(event) {
  const group = event.target.closest(".answer-field");
  if (!group || event.ctrlKey || event.altKey || event.metaKey) return;
  const choices = [...group.querySelectorAll("input[type=radio], input[type=checkbox]")];
  if (event.key === "Enter" && event.target.tagName !== "TEXTAREA" && event.target.type !== "submit") {
    event.preventDefault();
    next(group);
  } else if (choices.includes(event.target) && /^[0-9]$/.test(event.key)) {
    typed = Date.now() - last < 600 ? typed + event.key : event.key;
    last = Date.now();
    const chosen = choices[Number(typed) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.checked = chosen.type === "radio" ? true : !chosen.checked;
  }
}

let typed = "";
let last = 0;
if (form?.dataset.answer === "saisie") form.addEventListener("keydown", keyed);
