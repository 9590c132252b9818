"""Run in 'odoo shell': demo data, the official tender results and, with PHARMA_DATA=1, all public
lists.

Prints the demo logins as one JSON line.
"""
# ruff: noqa: F821 - env is given by the shell
import json
import os

logins = []
if 'pharma.demo' in env:
    demo = env['pharma.demo']
    demo.load_demo()
    if os.environ.get('PHARMA_DATA') == '1':
        demo.load_data()
    elif 'pharma.tender.results' in env:
        # prices by province are nothing without them, and they come within seconds
        env['pharma.tender.results'].load_official()
    env.cr.commit()
    logins = demo.logins()
print('LOGINS ' + json.dumps(logins, ensure_ascii=False))
