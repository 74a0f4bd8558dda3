// Coding open answers by keyboard. Figures tick themes while the focus is in the form (and only
// there: no shortcut elsewhere on the page); « nothing fits » and themes exclude each other.
const form = document.querySelector("[data-portrea-coding]");

function exclude(box) {
  if (!box.checked) return;
  const isNone = box.name === "none";
  for (const other of form.querySelectorAll("input[type=checkbox]"))
    if ((other.name === "none") !== isNone) other.checked = false;
}

if (form) {
  const words = form.querySelector("blockquote");
  words.tabIndex = -1;
  words.focus();
  form.addEventListener("change", (event) => exclude(event.target));
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const box = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (box) {
      box.checked = !box.checked;
      exclude(box);
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === words) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
