#!/usr/bin/env bash
# Pose les règles des navigateurs et le lanceur : sudo ./installer.sh
# Les enlève : sudo ./installer.sh --enlever
# RACINE=/dossier pose les mêmes fichiers sous ce dossier, pour essayer.
set -euo pipefail
racine="${RACINE:-}"
ici="$(cd "$(dirname "$0")/.." && pwd)"
regles=(etc/chromium/policies/managed etc/opt/chrome/policies/managed)

if [ "${1:-}" = "--enlever" ]; then
    for dossier in "${regles[@]}"; do rm -f "$racine/$dossier/portrea-borne.json"; done
    if cmp -s "$ici/firefox/policies.json" "$racine/etc/firefox/policies/policies.json"; then
        rm -f "$racine/etc/firefox/policies/policies.json"
    fi
    rm -f "$racine/usr/local/bin/portrea-borne" "$racine/etc/xdg/autostart/portrea-borne.desktop" \
        "$racine/etc/systemd/user/portrea-borne.service"
    echo "Règles et lanceur enlevés. Fermez puis rouvrez les navigateurs."
    exit 0
fi

if [ -e "$racine/etc/firefox/policies/policies.json" ] &&
    ! cmp -s "$ici/firefox/policies.json" "$racine/etc/firefox/policies/policies.json"; then
    echo "Firefox a déjà des règles : /etc/firefox/policies/policies.json. Rien n’est changé." >&2
    echo "Déplacez ce fichier, ou réunissez les deux à la main." >&2
    exit 1
fi
for dossier in "${regles[@]}"; do
    install -D -m 644 "$ici/chromium/portrea-borne.json" "$racine/$dossier/portrea-borne.json"
done
install -D -m 644 "$ici/firefox/policies.json" "$racine/etc/firefox/policies/policies.json"
install -D -m 755 "$ici/linux/portrea-borne.sh" "$racine/usr/local/bin/portrea-borne"
install -D -m 644 "$ici/linux/portrea-borne.service" \
    "$racine/etc/systemd/user/portrea-borne.service"
echo "Règles posées pour tous les comptes de ce poste, et lanceur : portrea-borne."
echo "Au démarrage de la session : copiez linux/portrea-borne.desktop dans ~/.config/autostart/,"
echo "ou lancez dans le compte de la borne : systemctl --user enable --now portrea-borne"
