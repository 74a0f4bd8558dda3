// The places of a list on a map, loaded only on request. The marks are buttons and links: the same
// places as the list, gathered where they are many; touching a group goes nearer.
const frame = document.querySelector("[data-portrea-places]");
const start = document.querySelector("[data-portrea-places] [data-portrea-start]");
const readout = document.querySelector("[data-portrea-places] [data-portrea-readout]");
const number = new Intl.NumberFormat("fr-FR");

function loaded(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = resolve;
    element.onerror = () => reject(new Error(attributes.src || attributes.href));
    document.head.append(element);
  });
}

async function marksOf(map) {
  const address = new URL(frame.dataset.points, location.href);
  if (map) {
    const seen = map.getBounds();
    const edges = [seen.getWest(), Math.max(seen.getSouth(), -85), seen.getEast(), Math.min(seen.getNorth(), 85)];
    address.searchParams.set("cadre", edges.map((edge) => edge.toFixed(5)).join(","));
  }
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} : ${answer.status}`);
  return answer.json();
}

function group(map, [longitude, latitude, count]) {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "map-mark map-mark--many";
  mark.textContent = number.format(count);
  mark.setAttribute("aria-label", `${number.format(count)} lieux : voir de plus près`);
  mark.addEventListener("click", () => map.easeTo({ center: [longitude, latitude], zoom: map.getZoom() + 2 }));
  return mark;
}

function place([, , , id, name]) {
  const mark = document.createElement("a");
  mark.className = "map-mark";
  mark.href = `/lieux/${encodeURIComponent(id)}/`;
  mark.setAttribute("aria-label", name);
  mark.title = name;
  return mark;
}

function draw(library, map, shown, view) {
  shown.splice(0).forEach((mark) => mark.remove());
  for (const cell of view.cells) {
    const element = cell[2] > 1 ? group(map, cell) : place(cell);
    shown.push(new library.Marker({ element }).setLngLat(cell.slice(0, 2)).addTo(map));
  }
  const lost = view.total - view.placed;
  readout.textContent = `${number.format(view.total)} lieux, les mêmes que dans la liste${lost ? ` (dont ${number.format(lost)} sans position)` : ""}.`;
}

async function ground(data) {
  // The outlines of communes, when this site has them; else plain paper.
  const style = { version: 8, sources: {}, layers: [{ id: "paper", type: "background", paint: { "background-color": "#fbf8f2" } }] };
  try {
    const archive = new window.pmtiles.PMTiles(new URL(data.tiles, location.href).href);
    await archive.getHeader();
    const protocol = new window.pmtiles.Protocol();
    protocol.add(archive);
    style.sources.ground = { type: "vector", url: `pmtiles://${archive.source.getKey()}` };
    const layer = (name, minzoom, colour, width) => ({ id: name, type: "line", source: "ground", "source-layer": name, minzoom, paint: { "line-color": colour, "line-width": width } });
    style.layers.push(
      { id: "land", type: "fill", source: "ground", "source-layer": "departements", paint: { "fill-color": "#ffffff" } },
      layer("communes", 8, "#c9cfcf", 0.6), layer("departements", 4, "#4a5f66", 0.9),
    );
    return [style, protocol];
  } catch {
    return [style, null];
  }
}

async function open() {
  start.disabled = true;
  start.textContent = start.dataset.loading;
  const data = frame.dataset;
  const [library, view] = await Promise.all([
    import(data.library), marksOf(null), loaded("script", { src: data.archive }), loaded("link", { rel: "stylesheet", href: data.css }),
  ]);
  library.setWorkerUrl(data.worker);
  const [style, protocol] = await ground(data);
  if (protocol) library.addProtocol("pmtiles", protocol.tile);
  frame.classList.add("is-live");
  const map = new library.Map({
    container: frame.querySelector("[data-portrea-canvas]"), style, bounds: view.bounds, maxZoom: 16,
    attributionControl: { compact: true }, cooperativeGestures: true, dragRotate: false, fadeDuration: 0,
    locale: {
      "NavigationControl.ZoomIn": "Agrandir", "NavigationControl.ZoomOut": "Réduire",
      "AttributionControl.ToggleAttribution": "Afficher la provenance",
      "Map.Title": "Carte des lieux ; la liste dit la même chose",
      "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour agrandir la carte",
      "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour agrandir la carte",
      "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
    },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.on("styleimagemissing", () => {});
  const shown = [];
  draw(library, map, shown, view);
  map.on("load", () => {
    map.resize();
    map.fitBounds(view.bounds, { padding: 24, animate: false });
    map.on("moveend", () => marksOf(map).then((next) => draw(library, map, shown, next), () => {}));
    start.parentElement.hidden = true;
    readout.hidden = false;
    map.once("idle", () => { frame.dataset.state = "ready"; });
  });
}

if (frame && start) {
  frame.hidden = false;
  start.addEventListener("click", () => {
    open().catch((error) => {
      frame.classList.remove("is-live");
      frame.dataset.state = "failed";
      start.textContent = start.dataset.failed;
      start.title = String(error);
    });
  });
}
