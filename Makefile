# Every target does its own set-up (scripts/setup.sh), which is quick when there is nothing to do.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check faults survive cluster cluster-down cluster-status clean

# Node 24 comes first on the path when the set-up had to fetch it, and then our packages' commands.
export PATH := $(CURDIR)/.cache/node/node_modules/.bin:$(CURDIR)/node_modules/.bin:$(PATH)

NAME ?= local
NODES ?= 3
KEEP ?=
FAULTS ?= --write docs/measured/faults.md
SURVIVE ?= --write docs/measured/survival.md

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: ## a cluster on this machine, Berth in it, and one story told live; KEEP=1 leaves it up
	@bash scripts/setup.sh cluster
	@KEEP=$(KEEP) node demo/main.ts

test: ## everything that must hold: `make check`, a minute of made-up reviews, the tests against a real control plane
	@bash scripts/setup.sh cluster
	@node scripts/check.ts
	@node test/fuzz/main.ts --seed 1 --seconds 60
	@bash scripts/rung4.sh

check: ## generated files, types, lint, dead code and rungs 1-3: under a minute
	@bash scripts/setup.sh packages
	@node scripts/check.ts

faults: ## every write and event of the reference scenarios goes wrong once, over an hour; FAULTS='--sample 5m'
	@bash scripts/setup.sh cluster
	@node test/instruments/faults/main.ts $(FAULTS)

survive: ## kills, outages, rolled webhooks and silence, at full length, about half an hour; SURVIVE='--only leader'
	@bash scripts/setup.sh cluster
	@node test/instruments/survival/main.ts $(SURVIVE)

cluster: ## starts a control plane in the background; NAME=local NODES=3
	@bash scripts/setup.sh cluster
	@node test/cluster/main.ts up --name $(NAME) --nodes $(NODES)

cluster-status: ## which clusters run, and where their files are
	@bash scripts/setup.sh packages
	@node test/cluster/main.ts status

cluster-down: ## ends what `make cluster` started, and removes its files; NAME=local
	@bash scripts/setup.sh packages
	@node test/cluster/main.ts down --name $(NAME)

clean: ## removes node_modules and what was fetched or built; running clusters are ended first
	@if [ -d .cache/clusters ] && [ -d node_modules ]; then node test/cluster/main.ts down --all; fi
	rm -rf .cache node_modules dist
