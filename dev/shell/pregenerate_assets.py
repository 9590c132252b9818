"""Run in 'odoo shell': compile the web client's bundles once, for all copies of this database."""
# ruff: noqa: F821 - env is given by the shell

# Only developers of Odoo ask for them
UNUSED = {
    'web.assets_unit_tests', 'web.assets_unit_tests_setup', 'web.qunit_suite_tests',
    'web.tests_assets'}
# Those that the web client asks for later: pivots and graphs, messages from the server, charts,
# the smileys beside a message
LATER = {
    'web.assets_backend_lazy', 'bus.websocket_worker_assets', 'web.chartjs_lib',
    'web.assets_emoji'}

qweb = env['ir.qweb']
scripts, styles = qweb._get_bundles_to_pregenarate()
for name in sorted((scripts | LATER) - UNUSED):
    qweb._get_asset_bundle(name, css=False).js()
for name in sorted((styles | LATER) - UNUSED):
    qweb._get_asset_bundle(name, js=False).css()
env.cr.commit()
