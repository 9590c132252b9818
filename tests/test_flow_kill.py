import ast
import os
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import config

SCRIPT = Path(__file__).parent / 'bench' / 'flow_kill.py'
KILLS, ROWS = 3, 400


@tagged('post_install', '-at_install')
class TestFlowKill(BaseCase):
    """Workers that read a file are killed: the small form of ``tests/bench/flow_kill.py``."""

    def test_killed_workers(self):
        """In a program of its own, which commits, forks, and removes what it made."""
        options = [
            f"--{name.replace('data_dir', 'data-dir')}={config[name]}"
            for name in ('db_host', 'db_port', 'db_user', 'data_dir') if config[name]]
        options.append(f"--addons-path={','.join(config['addons_path'])}")
        done = subprocess.run(
            [sys.executable, str(SCRIPT), config['db_name'][0], str(KILLS), str(ROWS), *options],
            capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, 'PGPASSWORD': config['db_password'] or ''})
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        result = ast.literal_eval(done.stdout.splitlines()[-1])
        self.assertEqual(result['kills'], KILLS)
        self.assertGreater(result['met'], 0)
        self.assertEqual(result['old'] + result['new'], KILLS)

