"""Run in 'odoo shell': demo data and, with PHARMA_DATA=1, the large public lists.

Prints the demo logins as one JSON line.
"""
# ruff: noqa: F821 - env is given by the shell
import json
import os

logins = []
if 'pharma.demo' in env:
    demo = env['pharma.demo']
    demo.load()
    if os.environ.get('PHARMA_DATA') == '1':
        demo.load_data()
    env.cr.commit()
    logins = demo.logins()
print('LOGINS ' + json.dumps(logins, ensure_ascii=False))
