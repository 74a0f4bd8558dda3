// From the https site: the page is kept on the phone by a service worker, and works without any network.
const READY = "Cette page est gardée sur ce téléphone : elle s’ouvrira sans réseau. Pour l’avoir parmi vos applications : menu du navigateur, « Ajouter à l’écran d’accueil ».";

export async function workAlone(page) {
  const { worker } = document.body.dataset;
  if (!navigator.serviceWorker) return; // plain http: the page must stay open
  navigator.storage?.persist?.();
  try {
    await navigator.serviceWorker.register(worker, { scope: "/collecte/" });
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (data !== "kept") return;
      page.alone = READY;
      page.home.refresh();
    };
    active.postMessage({ keep: [location.pathname, "formulaires.json", "app.webmanifest"].map((one) => new URL(one, location.href).pathname) }, [port2]);
  } catch {
    page.alone = "";
  }
}
