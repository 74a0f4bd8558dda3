// « Je suis sur place »: on tap only, the position is written in the field, nothing is sent before.
const button = document.querySelector("[data-portrea-here]");
const field = document.querySelector("[data-portrea-point]");
const status = document.querySelector("[data-portrea-here-status]");

function found({ coords }) {
  button.disabled = false;
  field.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
  status.textContent = `± ${Math.round(coords.accuracy)} m`;
  field.focus();
}

function refused() {
  button.disabled = false;
  status.textContent = button.dataset.refused;
}

if (button && field && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = button.dataset.searching;
    navigator.geolocation.getCurrentPosition(found, refused, { enableHighAccuracy: true, timeout: 15000 });
  });
}
