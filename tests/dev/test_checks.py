"""The project's own checks: translations, access lines, skipped tests, figures."""

import json
import sys
from pathlib import Path

import merge_po
import polib
import pytest
import pytest_rules
from steps import linting, odoo_tests, screens, suite
from steps.base import Failure

ROOT = Path(__file__).resolve().parents[2]
pytest_plugins = ['pytester']


# === TRANSLATIONS === #

def catalogue(**terms):
    result = polib.POFile()
    result.metadata = {'Content-Type': 'text/plain; charset=UTF-8', 'POT-Creation-Date': 'now'}
    for number, (text, translation) in enumerate(terms.items()):
        result.append(polib.POEntry(
            msgid=text, msgstr=translation, comment='module: x', occurrences=[('x', str(number))]))
    return result


def test_translations_are_carried_over_and_lost_terms_dropped():
    merged = merge_po.merge(catalogue(Hospital='', Pharmacy=''),
                            catalogue(Hospital='医院', Doctor='医生'))
    assert {entry.msgid: entry.msgstr for entry in merged} == {'Hospital': '医院', 'Pharmacy': ''}
    assert merge_po.missing(merged) == ['Pharmacy']


def test_text_without_letters_needs_no_translation():
    assert merge_po.missing(catalogue(**{'%': '', '100 - 200': '', '→': ''})) == []


def test_export_is_the_same_twice():
    terms, other = catalogue(b='', a=''), catalogue(a='', b='')
    other.metadata['POT-Creation-Date'] = 'later'
    for entry in [*terms, *other]:
        entry.occurrences = []
    assert merge_po.text_of(terms) == merge_po.text_of(other)


def test_check_changes_nothing_and_complains(tmp_path):
    addon = tmp_path / 'pharma_x'
    addon.mkdir()
    catalogue(Hospital='').save(str(tmp_path / 'pharma_x.pot'))
    found = merge_po.update(addon, 'zh_CN', tmp_path, check=True)
    assert len(found) == 3 and not list(addon.iterdir())
    assert merge_po.update(addon, 'zh_CN', tmp_path, check=False) == [
        f"{addon / 'i18n/zh_CN.po'}: no translation of: 'Hospital'"]
    po = addon / 'i18n' / 'zh_CN.po'
    text = po.read_text()
    po.write_text(text.replace('"Hospital"\nmsgstr ""', '"Hospital"\nmsgstr "医院"'))
    assert merge_po.update(addon, 'zh_CN', tmp_path, check=True) == []


def test_command_line_of_the_merge(tmp_path, capsys):
    (tmp_path / 'pharma_x').mkdir()
    catalogue(Hospital='').save(str(tmp_path / 'pharma_x.pot'))
    words = ['zh_CN', str(tmp_path), str(tmp_path)]
    assert merge_po.main([*words, '--check', 'pharma_x']) == 1
    assert not (tmp_path / 'pharma_x' / 'i18n').exists()
    assert merge_po.main([*words, 'pharma_x']) == 1
    assert 'i18n: 1 complaints' in capsys.readouterr().out


# === ACCESS LINES === #

MODELS = '''
class A(models.Model):
    _name = 'pharma.a'
class B(models.TransientModel):
    _name = "pharma.b"
class C(models.AbstractModel):
    _name = 'pharma.c'
class D(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'pharma.c']
class E(models.Model):
    _inherit = 'product.template'
'''


def test_models_without_access_lines_are_found(tmp_path):
    (tmp_path / 'models').mkdir()
    (tmp_path / 'models' / 'all.py').write_text(MODELS)
    (tmp_path / 'security').mkdir()
    (tmp_path / 'security' / 'ir.model.access.csv').write_text(
        'id,name,model_id:id\na,a,model_pharma_a\n')
    [complaint] = linting.missing_access(tmp_path)
    assert 'pharma.b has no line' in complaint


def test_malformed_xml_is_found(tmp_path):
    (tmp_path / 'good.xml').write_text('<odoo/>')
    (tmp_path / 'bad.xml').write_text('<odoo>')
    [complaint] = linting.malformed_xml(tmp_path)
    assert 'bad.xml' in complaint


# === SKIPPED TESTS === #

def test_declared_skips_need_a_reason():
    assert pytest_rules.declared('# only a comment\n\na::b  # no browser there\n') == {'a::b'}
    with pytest.raises(ValueError, match='has no reason'):
        pytest_rules.declared('a::b\n')


@pytest.mark.parametrize(('body', 'options', 'code'), [
    ('pass', [], 0),
    ('import pytest; pytest.skip("later")', [], 1),
    ('import pytest; pytest.skip("later")', suite.spread(2), 1),
])
def test_a_skipped_test_fails_the_run(pytester, monkeypatch, body, options, code):
    monkeypatch.setenv('PYTHONPATH', str(ROOT / 'dev'))
    pytester.makepyfile(f'def test_it():\n    {body}\n')
    done = pytester.runpytest_subprocess(
        '-p', 'pytest_rules', '-p', 'no:odoo', '-p', 'no:cacheprovider', *options)
    assert done.ret == code
    assert ('undeclared skips' in done.stdout.str()) == bool(code)


@pytest.mark.parametrize(('processors', 'workers'), [(None, 0), (1, 0), (2, 2), (64, 4)])
def test_tests_are_spread_over_the_processors(processors, workers):
    assert suite.spread(processors)[:2] == (['-n', str(workers)] if workers else [])


# === FIGURES, LISTS === #

def test_percentiles():
    sys.path.insert(0, str(ROOT / 'tests' / 'bench'))
    try:
        import measure
    finally:
        sys.path.remove(str(ROOT / 'tests' / 'bench'))
    assert measure.p95(range(1, 101)) == 95
    assert measure.p95([7]) == 7
    assert measure.percentile([3, 1, 2], 0.5) == 2


def test_differences_to_the_baseline():
    before = {'a': 'passed', 'b': 'failed', 'c': 'passed'}
    now = {'a': 'passed', 'b': 'failed', 'c': 'failed', 'd': 'passed'}
    assert odoo_tests.differing(before, now) == ['c', 'd']
    assert odoo_tests.differences(before, now, ['d']) == [
        'd: not there without the suite, passed with it']


def test_accepted_differences_have_a_reason():
    text = "# why\nsale/tests/a.py::A::test_a  # one query more\n\n"
    assert odoo_tests.read_accepted(text) == {'sale/tests/a.py::A::test_a'}
    with pytest.raises(Failure, match='test_b'):
        odoo_tests.read_accepted('test_b')


def test_a_difference_counts_when_it_comes_again_alone(monkeypatch):
    before = {'slow': 'passed', 'broken': 'passed', 'known': 'passed', 'same': 'failed'}
    now = {'slow': 'failed', 'broken': 'failed', 'known': 'failed', 'same': 'failed'}
    monkeypatch.setattr(odoo_tests, 'run_module', lambda databases, name, module, tests: {
        test: 'passed' if test == 'slow' else 'failed' for test in tests})
    found = odoo_tests.compare_module(None, 'x', 'crm', before, now, {'known'})
    assert found == ['broken: passed without the suite, failed with it']


def test_lists_of_screens_are_complete():
    files = sorted((screens.DEV / 'shots').glob('*.json'))
    entries = [entry for path in files for entry in json.loads(path.read_text('utf-8'))]
    names = [entry['name'] for entry in entries]
    assert entries and len(names) == len(set(names))
    known = {'name', 'login', 'path', 'wait', 'steps', 'phone_steps', 'desktop_steps', 'sizes',
             'full', 'settle', 'record'}
    for entry in entries:
        assert entry['path'].startswith('/') and not entry.keys() - known, entry['name']
        assert ('{id}' in entry['path']) == ('record' in entry), entry['name']
    apps = {name.split('-')[0] for name in names}
    assert apps >= {'base', 'crm', 'distribution', 'portal', 'tender'}
