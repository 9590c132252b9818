"""Run in 'odoo shell': call run() of a benchmark and hand its result over."""
# ruff: noqa: F821 - env is given by the shell
import importlib.util
import json
import os
import sys

path = os.environ['PHARMA_BENCH']
sys.path.insert(0, os.path.dirname(path))
spec = importlib.util.spec_from_file_location('pharma_bench', path)
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)
options = dict(word.split('=', 1) for word in os.environ['PHARMA_BENCH_ARGUMENTS'].split())
result = bench.run(env, **options)
env.cr.execute("SELECT current_setting('server_version'), current_setting('fsync')")
version, fsync = env.cr.fetchone()
result = {
    'bench': os.path.basename(path)[:-3], **result, 'postgresql': version, 'fsync': fsync,
    'cores': os.cpu_count(),
}
print('RESULT ' + json.dumps(result, ensure_ascii=False))
