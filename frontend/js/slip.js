// Print, copy and share buttons of a slip: shown only where the browser can.
const find = (name) => document.querySelector(`[data-portrea-${name}]`);
const said = find("said");

function offer(name, able, act) {
  const holder = find(name);
  if (!holder || !able) return;
  holder.hidden = false;
  const button = holder.querySelector("button");
  button.addEventListener("click", () => act(button));
}

const message = () => find("message").textContent;

offer("print", "print" in window, () => window.print());

offer("copy", "clipboard" in navigator, async () => {
  try {
    await navigator.clipboard.writeText(message());
    said.textContent = said.dataset.copied;
  } catch {
    said.textContent = said.dataset.failed;
  }
});

offer("share", "share" in navigator, async (button) => {
  try {
    await navigator.share({ title: button.dataset.title, text: message(), url: button.dataset.url });
  } catch (error) {
    if (error.name !== "AbortError") said.textContent = said.dataset.failed;
  }
});
