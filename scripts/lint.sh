#!/usr/bin/env bash
# Everything that reads the code without running it: one line per check, faults in full.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="${1:-.venv}/bin"
refused=0

step() {
    local name="$1" start=$SECONDS
    shift
    printf '» %s… ' "$name"
    if output="$("$@" 2>&1)"; then
        printf 'bien (%s s)\n' "$((SECONDS - start))"
    else
        printf 'REFUSÉ\n%s\n' "$output"
        refused=$((refused + 1))
    fi
}

step "ruff : règles" "$bin/ruff" check .
step "ruff : mise en forme" "$bin/ruff" format --check .
step "mypy : types" "$bin/mypy"
step "import-linter : étages" "$bin/lint-imports" --config .importlinter
step "djlint : gabarits" "$bin/djlint" src/portrea/web --lint --quiet
step "bandit : failles connues" "$bin/bandit" --configfile pyproject.toml --recursive src --quiet
step "nos règles de sécurité" "$bin/python" scripts/audit_rules.py
step "codespell : anglais du code" "$bin/python" scripts/spelling.py
step "django : modèles et migrations" env PORTREA_HOME="$(mktemp -d)" \
    DJANGO_SETTINGS_MODULE=portrea.web.config.settings.test \
    "$bin/python" -m django makemigrations --check --dry-run
for script in scripts/*.sh .ci/run; do
    step "bash : $script" bash -n "$script"
done
[ "$refused" -eq 0 ] || { echo "Lecture du code : $refused contrôle(s) refusé(s)." >&2; exit 1; }
