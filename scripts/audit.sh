#!/usr/bin/env bash
# Known flaws of the libraries of the lock, where their bases can be reached; « non fait » is said otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$(scripts/node.sh .venv 2>/dev/null || true):$PATH" exec .venv/bin/python scripts/audit_dependencies.py
