# Everything is done by dev/pharma.py; see README.md. Variables of the environment count as well:
# PHARMA_HOME  PHARMA_CACHE  ODOO_HOME  PGHOST PGPORT PGUSER  PORT  DB
PYTHON ?= python3
DO := @$(PYTHON) dev/pharma.py
export T ARGS NAME DATA ONLY ADDRESS CHECK BASELINE PORT DB ODOO_HOME PHARMA_HOME PHARMA_CACHE

.DEFAULT_GOAL := help
.PHONY: help run stop reset clean test lint i18n shots bench shell odoo-tests upgrade-check lock prepare

help:
	@sed -n 's/^## //p' Makefile

## make run                  make or update the database, serve on 127.0.0.1:8069 (PORT=, DATA=1)
run:
	$(DO) run
## make stop                 stop web, jobs and databases
stop:
	$(DO) stop
## make reset                throw the run database away
reset:
	$(DO) reset
## make clean                throw everything away but the downloads
clean:
	$(DO) clean
## make test                 all tests; a part: make test T=pharma_crm/tests/test_x.py ARGS='-k word'
test:
	$(DO) test
## make lint                 check the source
lint:
	$(DO) lint
## make i18n                 update .pot and zh_CN.po, fail on missing Chinese (CHECK=1: only look)
i18n:
	$(DO) i18n
## make shots                screenshots of the main screens into shots/ (ONLY=, DATA=1)
shots:
	$(DO) shots
## make bench NAME=x         run tests/bench/x.py, one JSON object on the last line (ARGS='rows=1000')
bench:
	$(DO) bench
## make shell                odoo shell on the run database; a script from standard input
shell:
	$(DO) shell
## make upgrade-check        install, upgrade, uninstall, install again on a database with data
upgrade-check:
	$(DO) upgrade-check
## make odoo-tests           Odoo's own tests with our addons, against the baseline (T='sale crm')
odoo-tests:
	$(DO) odoo-tests
## make prepare              only fetch and install what is needed
prepare:
	$(DO) prepare
## make lock                 resolve the developers' packages anew
lock:
	$(DO) lock
