// The live map: loaded only when the reader asks for it. Colours by class, a pattern per class,
// the number of the zone pointed at in words; the table beside it says the same thing.
const frame = document.querySelector("[data-portrea-map]");
const start = document.querySelector("[data-portrea-start]");
const readout = document.querySelector("[data-portrea-readout]");

const SOURCE = "ground";
const FRANCE = [-5.2, 41.3, 9.6, 51.1];
const DARK_FROM = 3;
const PATTERNS_FROM = { departements: 4, epci: 7, communes: 8.5 }; // smaller, they blur
const DRAWINGS = [null, "dots", "lines", "slants", "grid"];

function classicScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(url));
    document.head.append(script);
  });
}

function stylesheet(url) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    link.onload = resolve;
    link.onerror = () => reject(new Error(url));
    document.head.append(link);
  });
}

function drawing(kind, stroke) {
  const size = 16;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = pen.fillStyle = stroke;
  pen.lineWidth = 1.2;
  const line = (...p) => { pen.beginPath(); pen.moveTo(p[0], p[1]); pen.lineTo(p[2], p[3]); pen.stroke(); };
  if (kind === "dots") { pen.beginPath(); pen.arc(4, 4, 1.1, 0, 7); pen.arc(12, 12, 1.1, 0, 7); pen.fill(); }
  if (kind === "lines" || kind === "grid") { line(0, 4, 16, 4); line(0, 12, 16, 12); }
  if (kind === "grid") { line(4, 0, 4, 16); line(12, 0, 12, 16); }
  if (kind === "slants" || kind === "hatching") { line(-4, 12, 12, -4); line(4, 20, 20, 4); line(-4, 20, 20, -4); }
  return pen.getImageData(0, 0, size, size);
}

function matching(classes, wanted, found, otherwise) {
  const codes = [...classes].filter(([, [rank]]) => wanted(rank)).map(([code]) => code);
  return codes.length ? ["match", ["get", "code"], codes, found, otherwise] : otherwise;
}

function patternOf(classes, colours) {
  // One drawing per class, tried from the darkest; « nothing » is a transparent image.
  return colours.reduce(
    (rest, _, rank) => (DRAWINGS[rank % DRAWINGS.length] ? matching(classes, (r) => r === rank, `class-${rank}`, rest) : rest),
    "nothing",
  );
}

function layers(values, classes) {
  const shown = matching(classes, () => true, true, false);
  const unknown = matching(classes, (rank) => rank === null, true, false);
  const rank = ["coalesce", ["feature-state", "rank"], -1];
  const colour = ["match", rank, ...values.colours.flatMap((c, i) => [i, c]), "#ffffff"];
  const common = { source: SOURCE, "source-layer": values.layer };
  return [
    { id: "paper", type: "background", paint: { "background-color": "#fbf8f2" } },
    { id: "others", type: "fill", ...common, paint: { "fill-color": "#efe7d8" } },
    { id: "zones", type: "fill", ...common, filter: shown, paint: { "fill-color": values.colours.length ? colour : "#ffffff" } },
    { id: "unknown", type: "fill", ...common, filter: unknown, paint: { "fill-pattern": "hatching" } },
    { id: "patterns", type: "fill", ...common, filter: shown, minzoom: PATTERNS_FROM[values.layer], paint: { "fill-pattern": patternOf(classes, values.colours), "fill-opacity": 0.4 } },
    { id: "edges", type: "line", ...common, minzoom: values.layer === "communes" ? 7 : 4, paint: { "line-color": "#ffffff", "line-width": values.layer === "departements" ? 1.2 : 0.6 } },
    { id: "pointed", type: "line", ...common, filter: ["==", ["get", "code"], ""], paint: { "line-color": "#b4461f", "line-width": 3 } },
  ];
}

function addDrawings(map, colours) {
  const transparent = drawing("nothing", "#000");
  map.addImage("nothing", transparent);
  map.addImage("hatching", drawing("hatching", "#8a979b"));
  colours.forEach((_, rank) => {
    const kind = DRAWINGS[rank % DRAWINGS.length];
    if (kind) map.addImage(`class-${rank}`, drawing(kind, rank >= DARK_FROM ? "#ffffff" : "#12303a"));
  });
}

function listen(map, classes) {
  const tell = (event) => {
    const feature = map.queryRenderedFeatures(event.point, { layers: ["zones"] })[0];
    const known = feature && classes.get(feature.properties.code);
    if (!known) return;
    readout.textContent = known[1];
    map.setFilter("pointed", ["==", ["get", "code"], feature.properties.code]);
  };
  map.on("mousemove", tell);
  map.on("click", tell);
}

async function open() {
  start.disabled = true;
  start.textContent = start.dataset.loading;
  const data = frame.dataset;
  const [library, answer] = await Promise.all([
    import(data.library), fetch(data.values), classicScript(data.archive), stylesheet(data.css),
  ]);
  if (!answer.ok) throw new Error(`${data.values} : ${answer.status}`);
  const values = await answer.json();
  const classes = new Map(Object.entries(values.zones));
  library.setWorkerUrl(data.worker);
  const archive = new window.pmtiles.PMTiles(new URL(data.tiles, location.href).href);
  await archive.getHeader();
  const protocol = new window.pmtiles.Protocol();
  protocol.add(archive);
  library.addProtocol("pmtiles", protocol.tile);
  frame.classList.add("is-live");
  const map = new library.Map({
    container: frame.querySelector("[data-portrea-canvas]"),
    style: {
      version: 8,
      sources: { [SOURCE]: { type: "vector", url: `pmtiles://${archive.source.getKey()}`, promoteId: "code" } },
      layers: layers(values, classes),
    },
    minZoom: values.layer === "communes" ? 5 : 4,
    bounds: values.bounds ?? FRANCE,
    attributionControl: { compact: true },
    cooperativeGestures: true,
    dragRotate: false,
    fadeDuration: 0,
    locale: {
      "NavigationControl.ZoomIn": "Agrandir",
      "NavigationControl.ZoomOut": "Réduire",
      "AttributionControl.ToggleAttribution": "Afficher la provenance",
      "Map.Title": "Carte interactive ; le tableau dit la même chose",
      "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour agrandir la carte",
      "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour agrandir la carte",
      "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
    },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.on("styleimagemissing", () => {});
  map.on("style.load", () => addDrawings(map, values.colours));
  map.on("load", () => {
    map.resize();
    map.fitBounds(values.bounds ?? FRANCE, { padding: 16, animate: false });
    for (const [code, [rank]] of classes)
      if (rank !== null) map.setFeatureState({ source: SOURCE, sourceLayer: values.layer, id: code }, { rank });
    listen(map, classes);
    start.parentElement.hidden = true;
    readout.hidden = false;
    map.once("idle", () => { frame.dataset.state = "ready"; });
  });
}

if (frame && start) {
  start.hidden = false;
  start.addEventListener("click", () => {
    open().catch((error) => {
      frame.classList.remove("is-live");
      frame.dataset.state = "failed";
      start.textContent = start.dataset.failed;
      start.title = String(error);
    });
  });
}
