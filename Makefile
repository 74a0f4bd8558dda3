# Les deux commandes : make demo, make test. Le reste sert à ceux qui développent.
# Variables : PYTHON=… impose un interpréteur ; ARGS=… passe des options à la commande.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUTF8 := 1

help:  ## Affiche cette aide.
	@sed -nE 's/^([a-z]+):.*## (.*)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: core assets  ## Prépare tout, calcule et sert le site sur 127.0.0.1:8000.
	@PORTREA_HOME="$${PORTREA_HOME:-$(CURDIR)/.portrea}" $(BIN)/portrea demo $(ARGS)

test:  ## Vérifie tout : style, types, règles d’import, tests, navigateur, base de données.
	@scripts/test.sh $(ARGS)

lint: dev  ## Style, types, règles d’import, gabarits, orthographe du code.
	@scripts/lint.sh

audit: dev  ## Failles connues des bibliothèques, là où leurs bases sont joignables.
	@scripts/audit.sh

docs: dev  ## Régénère les pages de référence tirées du code.
	@$(BIN)/python scripts/docs.py

bench: dev assets  ## Mesure vitesse et mémoire, écrit benchmarks/RESULTS.md.
	@$(BIN)/python -m benchmarks.run $(ARGS)

postgresql: dev assets  ## Essaie tout le site sur PostgreSQL ; make test en fait un douzième, un autre chaque jour.
	@$(BIN)/python scripts/postgresql.py $(BIN)/python -m pytest -q -m "not browser and not postgres and not package" $(or $(ARGS),tests/web)

endurance: dev assets  ## Essaie des heures durant : charge, pannes, fuzzing ; écrit benchmarks/ENDURANCE.md.
	@scripts/endurance.sh $(ARGS)

mutants: dev  ## Change le code des modules purs, endroit par endroit : leurs essais doivent le voir.
	@scripts/mutants.sh $(ARGS)

coverage: dev  ## Dit ce que les essais rapides de chaque pièce pure parcourent de son code.
	@scripts/coverage.sh $(ARGS)

oracle: dev  ## Compare enquêtes et modèle à svy et NUTS (dans leur propre environnement).
	@scripts/oracle.sh $(ARGS)

captures: dev assets  ## Refait les captures d’écran de la documentation.
	@$(BIN)/python scripts/captures.py $(ARGS)

lock: core  ## Recalcule le verrou des bibliothèques (ARGS=--upgrade pour tout mettre à jour).
	@scripts/lock.sh $(ARGS)

core:  ## Environnement pour utiliser Portrea.
	@scripts/setup.sh core $(VENV)

dev:  ## Environnement pour développer Portrea.
	@scripts/setup.sh dev $(VENV)

assets: core  ## Feuilles de style, carte et polices du site.
	@PATH="$$(scripts/node.sh $(VENV)):$$PATH" $(BIN)/python scripts/assets.py

.PHONY: help demo test lint audit docs bench postgresql endurance mutants coverage oracle captures lock core dev assets
.NOTPARALLEL:
