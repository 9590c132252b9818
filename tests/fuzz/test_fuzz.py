"""A few mutants of each kind of file; ``fuzz.py`` makes as many as one likes."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import fuzz

KINDS = ('titles.xls', 'three_sheets.xlsx', 'plain.ods', 'html_rowspan.xls', 'xml2003.xls',
         'pages.csv', 'tab_utf16.csv', 'bar_gb18030.csv', 'all.zip', 'dates.csv')


@pytest.mark.parametrize('name', KINDS)
def test_mutants_end_with_rows_or_a_reason(name):
    data = fuzz.corpus(with_samples=False)[name]
    for number in range(6):
        fuzz.check(fuzz.mutate(data, random.Random(f'{name}-{number}')))
