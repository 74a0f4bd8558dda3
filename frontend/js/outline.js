// The outline of a questionnaire: a question is dragged to its place. Buttons do the same without it.
const outline = document.querySelector(".draft-outline");
const address = outline?.dataset.move;
let carried = null;

function token() {
  return outline.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function clear() {
  for (const row of outline.querySelectorAll(".draft-row--over")) row.classList.remove("draft-row--over");
}

// A form like those of the buttons: the page answers and says what was done.
function send(name, target, where) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [key, value] of Object.entries({ csrfmiddlewaretoken: token(), name, target, where })) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = key;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

if (outline && matchMedia("(pointer: fine)").matches) {
  for (const row of outline.querySelectorAll(".draft-row")) row.draggable = true;
  outline.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.(".draft-row") ?? null;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried?.dataset.name ?? "");
  });
  outline.addEventListener("dragover", (event) => {
    const over = event.target.closest(".draft-row");
    if (!carried || !over || over === carried) return;
    event.preventDefault();
    clear();
    over.classList.add("draft-row--over");
  });
  outline.addEventListener("dragend", clear);
  outline.addEventListener("drop", (event) => {
    const over = event.target.closest(".draft-row");
    if (!carried || !over || over === carried) return;
    event.preventDefault();
    send(carried.dataset.name, over.dataset.name, "before");
  });
}

// A menu left open closes when another opens, or with Escape.
const menus = outline ? [...outline.querySelectorAll(".draft-more")] : [];
for (const menu of menus) {
  menu.addEventListener("toggle", () => {
    if (menu.open) for (const other of menus) if (other !== menu) other.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
