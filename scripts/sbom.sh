#!/usr/bin/env bash
# Write what Portrea is made of (CycloneDX). Usage: scripts/sbom.sh [FILE], dist/portrea-VERSION.cdx.json by default.
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" scripts/sbom.py "$@"
