// « Copier »: puts a code in the clipboard, or selects it where the browser refuses.
for (const button of document.querySelectorAll("[data-portrea-copy]")) {
  const code = document.getElementById(button.dataset.portreaCopy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(code.value);
      status.textContent = button.dataset.done;
    } catch {
      code.focus();
      code.select();
      status.textContent = button.dataset.failed;
    }
  });
}
