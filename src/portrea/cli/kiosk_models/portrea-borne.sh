#!/usr/bin/env bash
# Borne en libre-service : ouvre le navigateur en plein écran, et le rouvre chaque fois qu’il se
# ferme, avec un dossier neuf, effacé ensuite. PORTREA_NAVIGATEUR impose un navigateur.
set -u
adresse="@{start}"
dossier=""

effacer() { [ -z "$dossier" ] || rm -rf "$dossier"; }
trap effacer EXIT
trap 'exit 0' INT TERM

navigateur="${PORTREA_NAVIGATEUR:-}"
for nom in chromium chromium-browser google-chrome firefox firefox-esr; do
    [ -n "$navigateur" ] || navigateur="$(command -v "$nom" || true)"
done
if [ -z "$navigateur" ]; then
    echo "Aucun navigateur trouvé : installez chromium ou firefox." >&2
    exit 1
fi

while true; do
    dossier="$(mktemp -d "${TMPDIR:-/tmp}/portrea-borne.XXXXXX")"
    case "$(basename "$navigateur")" in
        firefox*)
            "$navigateur" --kiosk --no-remote --profile "$dossier" "$adresse"
            ;;
        *)
            "$navigateur" --kiosk --user-data-dir="$dossier" --no-first-run --noerrdialogs \
                --disable-pinch --overscroll-history-navigation=0 \
                --disable-session-crashed-bubble "$adresse"
            ;;
    esac
    effacer
    dossier=""
    sleep "${PORTREA_PAUSE:-1}"
done
