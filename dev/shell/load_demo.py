"""Run in 'odoo shell': demo data, the official tender results and, with PHARMA_DATA=1, all public
lists.

Prints the demo logins as one JSON line.
"""
# ruff: noqa: F821 - env is given by the shell
import base64
import json
import os

from odoo.tools.misc import file_open

logins = []
if 'pharma.demo' in env:
    company = env.company
    if company.name == 'My Company':  # as Odoo made it: the demo's documents want a sender
        with file_open('pharma_crm/static/description/icon.png', 'rb') as icon:
            company.write({'name': "明川制药（演示）", 'logo': base64.b64encode(icon.read())})
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
