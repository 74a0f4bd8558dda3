// « Près de moi »: on tap only, the position goes once to this site in the address and is not kept.
const button = document.querySelector("[data-portrea-near]");
const status = document.querySelector("[data-portrea-near-status]");

function say(text) {
  if (status) status.textContent = text;
}

function found({ coords }) {
  const query = new URLSearchParams({
    lat: coords.latitude.toFixed(3),
    lon: coords.longitude.toFixed(3),
  });
  window.location.assign(`${button.dataset.portreaNear}?${query}`);
}

function refused(error) {
  button.disabled = false;
  say(error.code === error.PERMISSION_DENIED ? button.dataset.refused : button.dataset.failed);
}

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    say(button.dataset.searching);
    navigator.geolocation.getCurrentPosition(found, refused, { timeout: 10000, maximumAge: 600000 });
  });
}
