"""Plugin of pytest: writes the outcome of each test into the file PHARMA_OUTCOMES, as JSON."""

import json
import os

RANK = ('passed', 'skipped', 'failed', 'error')
outcomes = {}


def pytest_runtest_logreport(report):
    """Keep the worst of a test's phases; a failed set-up is an error."""
    outcome = 'error' if report.failed and report.when != 'call' else report.outcome
    old = outcomes.get(report.nodeid, 'passed')
    outcomes[report.nodeid] = max(outcome, old, key=RANK.index)


def pytest_sessionfinish():
    with open(os.environ['PHARMA_OUTCOMES'], 'w', encoding='utf-8') as handle:
        json.dump(outcomes, handle)
