// The live map: loaded only when the reader asks for it. Colours by class, a pattern per class,
// the number of the zone pointed at in words; the table beside it says the same thing.
const frame = document.querySelector("[data-portrea-map]");
const start = document.querySelector("[data-portrea-start]");
const readout = document.querySelector("[data-portrea-readout]");

const SOURCE = "communes";
const DARK_FROM = 3;
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
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  document.head.append(link);
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

function classesOf(values) {
  // Rank and words of each commune: its own, or those of the zone it belongs to.
  const zones = values.zones;
  const owners = values.communes ? Object.entries(values.communes) : Object.keys(zones).map((code) => [code, code]);
  return new Map(owners.filter(([, zone]) => zone in zones).map(([commune, zone]) => [commune, zones[zone]]));
}

function patternOf(classes) {
  const groups = new Map();
  for (const [code, [rank]] of classes) {
    const name = rank === null ? "hatching" : DRAWINGS[rank % DRAWINGS.length] && `class-${rank}`;
    if (!name) continue;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(code);
  }
  const cases = [...groups].flatMap(([name, codes]) => [codes, name]);
  return cases.length ? ["match", ["get", "code"], ...cases, "nothing"] : "nothing";
}

function layers(values, classes) {
  const shown = ["match", ["get", "code"], [...classes.keys()], true, false];
  const rank = ["coalesce", ["feature-state", "rank"], -1];
  const colour = ["match", rank, ...values.colours.flatMap((c, i) => [i, c]), "#ffffff"];
  const common = { source: SOURCE, "source-layer": SOURCE };
  return [
    { id: "ground", type: "background", paint: { "background-color": "#fbf8f2" } },
    { id: "others", type: "fill", ...common, paint: { "fill-color": "#efe7d8" } },
    { id: "zones", type: "fill", ...common, filter: shown, paint: { "fill-color": values.colours.length ? colour : "#ffffff" } },
    { id: "patterns", type: "fill", ...common, filter: shown, paint: { "fill-pattern": patternOf(classes), "fill-opacity": 0.5 } },
    { id: "edges", type: "line", ...common, minzoom: 7, paint: { "line-color": "#ffffff", "line-width": 0.6 } },
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
  stylesheet(data.style);
  const [library, , answer] = await Promise.all([import(data.library), classicScript(data.archive), fetch(data.values)]);
  const values = await answer.json();
  const classes = classesOf(values);
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
    bounds: values.bounds ?? [-5.2, 41.3, 9.6, 51.1],
    fitBoundsOptions: { padding: 16 },
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
    for (const [code, [rank]] of classes)
      if (rank !== null) map.setFeatureState({ source: SOURCE, sourceLayer: SOURCE, id: code }, { rank });
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
