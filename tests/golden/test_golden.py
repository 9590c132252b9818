"""Which file gives exactly which rows. See README.md."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import golden
from fixtures import FILES


def _fixture_list():
    """:return: dict name -> list of lines, as the list says"""
    expected, name = {}, None
    for line in golden.read_list('fixtures.txt'):
        if line.startswith('== '):
            name = line[3:]
            expected[name] = []
        else:
            expected[name].append(line)
    return expected


EXPECTED = _fixture_list()


def test_list_names_every_fixture():
    assert list(EXPECTED) == list(FILES)


@pytest.mark.parametrize('name', FILES)
def test_fixture(name):
    assert golden.describe_rows(FILES[name], name) == EXPECTED[name]


def test_samples_of_other_projects():
    """Every sample that lies beside the repository is in the list, with what becomes of it."""
    expected = dict(line.split('\t', 1) for line in golden.read_list('spreadsheets.txt'))
    wrong = []
    for path, name in golden.sample_files() if golden.SAMPLES.exists() else ():
        outcome = '\t'.join(filter(None, golden.describe_outcome(path.read_bytes(), name)))
        if expected.get(name) != outcome:
            wrong.append(f"{name}: {outcome}")
    assert not wrong
