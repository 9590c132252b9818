"""'make bench NAME=x': tests/bench/x.py on a database of its own, with a durable server."""

import json
import subprocess

from . import environment as environments
from . import suite
from .base import DEV, REPOSITORY, Failure, say


def run(home, name, arguments):
    """Run one benchmark; its last line is one JSON object.

    The test server is started with the durable settings and for this alone: figures without fsync,
    or beside a running test, would say nothing about a real server.

    :param name: file in tests/bench, without .py
    :param arguments: words like 'rows=1000', handed to the benchmark
    :return: exit code
    """
    script = REPOSITORY / 'tests' / 'bench' / f'{name}.py'
    known = sorted(
        path.stem for path in script.parent.glob('*.py') if 'def run(' in path.read_text())
    if name not in known:
        raise Failure(f"no benchmark '{name}': make bench NAME={'|'.join(known) or '...'}")
    environment = environments.prepare(home)
    databases = suite.open_databases(environment)
    with databases.cluster.use():
        source = suite.template(databases)  # made with the fast settings
    with databases.cluster.use(durable=True, alone=True):
        databases.cluster.psql('vacuum analyze', source)
        with databases.scratch(source, 'bench') as database:
            env = environment.variables(
                PHARMA_BENCH=str(script), PHARMA_BENCH_ARGUMENTS=arguments,
                PHARMA_DATABASE=database, **databases.cluster.variables())
            command = [str(environment.odoo), 'shell', '-c', str(databases.conf), '-d', database,
                       '--no-http', '--log-level=warn']
            with open(DEV / 'shell' / 'bench.py') as stdin:
                process = subprocess.Popen(
                    command, env=env, stdin=stdin, stdout=subprocess.PIPE, text=True,
                    cwd=REPOSITORY)
                result = None
                for line in process.stdout:
                    if line.startswith('RESULT '):
                        result = line[len('RESULT '):].strip()
                    else:
                        print(line, end='', flush=True)
            process.wait()
    if process.returncode or result is None:
        raise Failure(f'the benchmark {name} failed with code {process.returncode}')
    json.loads(result)
    say(result)
    return 0
