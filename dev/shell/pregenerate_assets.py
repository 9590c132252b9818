"""Run in 'odoo shell': compile the web client's bundles once, for all copies of this database."""
# ruff: noqa: F821 - env is given by the shell

qweb = env['ir.qweb']
qweb._pregenerate_assets_bundles()
# Those that the web client asks for later: pivots and graphs, messages from the server
for name in ('web.assets_backend_lazy', 'bus.websocket_worker_assets'):
    bundle = qweb._get_asset_bundle(name)
    bundle.js()
    bundle.css()
env.cr.commit()
