"""Run in 'odoo shell': compile the web client's bundles once, for all copies of this database."""
# ruff: noqa: F821 - env is given by the shell

env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
