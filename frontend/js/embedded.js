// In a frame: tell the host page the height of this one, and nothing else.
if (window.parent !== window) {
  const root = document.documentElement;
  const tell = (page) =>
    window.parent.postMessage({ portrea: 1, height: Math.ceil(root.getBoundingClientRect().height), page }, "*");
  new ResizeObserver(() => tell(false)).observe(root);
  tell(true);
}
