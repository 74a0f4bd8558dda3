// <portrea-orientation commune="35188" langue="fr"> : the orientation of Portrea in the page of a town
// hall. No dependency, no cookie. The link inside the element is shown until the frame answers, and
// again when the host's own rules refuse the frame.
(() => {
  const script = document.currentScript;
  const HOME = script ? new URL(script.src).origin : "";
  const LANGUAGES = { fr: "Trouver de l’aide près de chez vous", en: "Find help near you", es: "Encontrar ayuda cerca de usted", ar: "ابحث عن مساعدة قريبة منك" };
  const PATIENCE = 20000;
  const LOWEST = 200;
  const HIGHEST = 20000;
  const STYLE =
    ":host{display:block;min-inline-size:0}:host([hidden]){display:none}" +
    "iframe{display:block;inline-size:100%;border:0;block-size:640px}" +
    "iframe:not(.ready){block-size:0;visibility:hidden}.ready+slot{display:none}";

  function address(element) {
    const language = element.getAttribute("langue") ?? "fr";
    const home = element.getAttribute("site") ?? HOME;
    const commune = (element.getAttribute("commune") ?? "").trim().toUpperCase();
    const epci = (element.getAttribute("epci") ?? "").trim();
    const path = language in LANGUAGES && language !== "fr" ? `/integre/${language}` : "/integre";
    const url = new URL(`${path}/orientation/`, home);
    if (/^\d[0-9AB]\d{3}$/.test(commune)) url.searchParams.set("commune", commune);
    else if (/^\d{9}$/.test(epci)) url.pathname += `epci/${epci}/`;
    return url;
  }

  function dressed(root) {
    if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
      const sheet = new CSSStyleSheet(); // allowed where the host forbids inline style
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } else {
      const style = document.createElement("style");
      style.textContent = STYLE;
      root.append(style);
    }
  }

  class PortreaOrientation extends HTMLElement {
    static observedAttributes = ["commune", "epci", "langue", "site"];

    constructor() {
      super();
      this.frame = document.createElement("iframe");
      this.frame.allow = "geolocation";
      this.frame.setAttribute("part", "cadre");
      const root = this.attachShadow({ mode: "open" });
      dressed(root);
      root.append(this.frame, document.createElement("slot"));
      this.heard = this.heard.bind(this);
      this.refused = this.refused.bind(this);
    }

    connectedCallback() {
      window.addEventListener("message", this.heard);
      document.addEventListener("securitypolicyviolation", this.refused);
      this.load();
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.heard);
      document.removeEventListener("securitypolicyviolation", this.refused);
      window.clearTimeout(this.timer);
    }

    attributeChangedCallback(_name, before, after) {
      if (this.isConnected && before !== after) this.load();
    }

    load() {
      let url;
      try {
        url = address(this);
      } catch {
        return; // no site told: the link inside stays
      }
      if (this.frame.src === url.href) return;
      this.origin = url.origin;
      this.pages = 0;
      const language = this.getAttribute("langue");
      this.frame.title = this.getAttribute("titre") ?? LANGUAGES[language] ?? LANGUAGES.fr;
      this.frame.classList.remove("ready");
      this.frame.src = url.href;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.frame.classList.remove("ready"), PATIENCE);
    }

    heard(event) {
      if (event.source !== this.frame.contentWindow || event.origin !== this.origin) return;
      const { portrea, height, page } = event.data ?? {};
      if (portrea !== 1 || !Number.isFinite(height)) return;
      window.clearTimeout(this.timer);
      this.frame.classList.add("ready");
      this.frame.style.blockSize = `${Math.min(Math.max(height, LOWEST), HIGHEST)}px`;
      if (page === true) this.turned();
    }

    turned() {
      this.pages += 1;
      if (this.pages > 1 && this.getBoundingClientRect().top < 0) this.scrollIntoView();
    }

    refused(event) {
      if (event.blockedURI.startsWith(this.origin ?? "?")) this.frame.classList.remove("ready");
    }
  }

  if (!window.customElements.get("portrea-orientation"))
    window.customElements.define("portrea-orientation", PortreaOrientation);
})();
